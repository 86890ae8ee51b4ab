# plansheet's worksheet functions, under their Excel names.
from plansheet.udfs import *
