"""Every hostile kind of file."""

from hostile.containers import CONTAINERS
from hostile.formulas import FORMULAS
from hostile.ledgers import LEDGERS
from hostile.packages import PACKAGES
from hostile.sheets import SHEETS

KINDS = (*PACKAGES, *SHEETS, *FORMULAS, *LEDGERS, *CONTAINERS)
