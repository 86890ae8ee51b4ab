"""Write docs/rules.md anew below its mark, from the rules themselves: python .ci/rules-page.py"""

from pathlib import Path

from plansheet.excel.manual import ALL_RULES
from plansheet.plan.terms import atg_1996
from plansheet.report.manual import rule_list_markdown

PAGE = Path(__file__).parent.parent / "docs" / "rules.md"
MARK = "<!-- All below is written by python .ci/rules-page.py -->\n"

above, mark, _ = PAGE.read_text(encoding="utf-8").partition(MARK)
if not mark:
    raise SystemExit(f"{PAGE} has lost its mark; write this line where the rules are to start: {MARK}")
PAGE.write_text(f"{above}{MARK}\n{rule_list_markdown(ALL_RULES, atg_1996())}", encoding="utf-8", newline="\n")
