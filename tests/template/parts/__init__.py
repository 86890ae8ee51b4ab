"""The files for Excel part by part: what they hold is what Excel itself writes, and what it opens without a question.

No Excel is needed. A package is read (``reading``) and checked by subject; a check says what it compared and what is
wrong (``checking``). ``any_workbook`` names the checks that ask nothing which the files that Excel saves do not have;
the others are of plansheet's own files (``products``). What Excel writes is learned from files that it has saved
(``excel_saved``). What neither shows is written down beside the check with its place in ECMA-376.
"""
