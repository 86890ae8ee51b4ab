"""Write docs/rules.md anew below its mark, from the rules themselves: python .ci/rules-page.py"""

import sys
from pathlib import Path

from plansheet.excel.manual import ALL_RULES
from plansheet.plan.terms import atg_1996
from plansheet.report.manual import rule_list_markdown

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))  # how many cases there are is known there

from sections import sections_table  # noqa: E402  # the path to it stands above

PAGE = ROOT / "docs" / "rules.md"
MARK = "<!-- All below is written by python .ci/rules-page.py -->\n"

above, mark, _ = PAGE.read_text(encoding="utf-8").partition(MARK)
if not mark:
    raise SystemExit(f"{PAGE} has lost its mark; write this line where the rules are to start: {MARK}")
written = f"{sections_table()}\n{rule_list_markdown(ALL_RULES, atg_1996())}"
PAGE.write_text(f"{above}{MARK}\n{written}", encoding="utf-8", newline="\n")
