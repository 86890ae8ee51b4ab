"""Write docs/rules.md and docs/columns.md anew below their marks, from the rules: python .ci/rules-page.py"""

import sys
from pathlib import Path

from plansheet.excel.manual import ALL_RULES
from plansheet.plan.terms import atg_1996
from plansheet.report.manual import column_list_markdown, rule_list_markdown

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))  # how many cases there are is known there

from sections import sections_table  # noqa: E402  # the path to it stands above

MARK = "<!-- All below is written by python .ci/rules-page.py -->\n"
PAGES = {
    "rules.md": f"{sections_table()}\n{rule_list_markdown(ALL_RULES, atg_1996())}",
    "columns.md": column_list_markdown(ALL_RULES, atg_1996()),
}

for name, written in PAGES.items():
    page = ROOT / "docs" / name
    above, mark, _ = page.read_text(encoding="utf-8").partition(MARK)
    if not mark:
        raise SystemExit(f"{page} has lost its mark; write this line where the rest is to start: {MARK}")
    page.write_text(f"{above}{MARK}\n{written}", encoding="utf-8", newline="\n")
