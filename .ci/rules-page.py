"""Write docs/rules.md and docs/columns.md anew below their marks, from the rules: python .ci/rules-page.py"""

from pathlib import Path

from plansheet.excel.manual import ALL_RULES
from plansheet.plan.terms import atg_1996
from plansheet.report.manual import column_list_markdown, rule_list_markdown

DOCS = Path(__file__).parent.parent / "docs"
MARK = "<!-- All below is written by python .ci/rules-page.py -->\n"

for name, written in (("rules.md", rule_list_markdown), ("columns.md", column_list_markdown)):
    page = DOCS / name
    above, mark, _ = page.read_text(encoding="utf-8").partition(MARK)
    if not mark:
        raise SystemExit(f"{page} has lost its mark; write this line where the rest is to start: {MARK}")
    page.write_text(f"{above}{MARK}\n{written(ALL_RULES, atg_1996())}", encoding="utf-8", newline="\n")
