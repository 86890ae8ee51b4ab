"""Load the tables of cases as any program can, and count them: python count.py FOLDER (the folder tests/plan)."""

import datetime
import sys
import tomllib
from decimal import Decimal
from pathlib import Path

CHECK_DAY = datetime.date(2011, 1, 31)
TABLES = ("Holders", "Grants", "Vesting", "Activity", "Committee", "Holdings")


def records(case, table):
    """The rows of a table as (row number, {heading: cell}); a blank cell is left out."""
    headings, *rows = case.get(table, [[]])
    for number, row in enumerate(rows, start=2):
        yield number, {heading: cell for heading, cell in zip(headings, row, strict=True) if cell != ""}


def rule_cases(folder):
    """Each case with its ledger, its terms and its day; put your own program where the comment is."""
    for path in sorted((folder / "rules").glob("*.toml")):
        for case in tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)["case"]:
            ledger = {table: list(records(case, table)) for table in TABLES if table in case}
            day, terms = case.get("as_of", CHECK_DAY), case.get("terms", {})
            expected = {(finding.get("code", case["rule"]), finding["at"]) for finding in case["finds"]}
            # assert your_program(ledger, terms, day) == expected
            yield path.stem, ledger, terms, day, expected


def main(folder):
    """Print how many cases there are of each subject, and how many findings they expect."""
    subjects = {}
    for subject, _, _, _, expected in rule_cases(folder):
        cases, findings = subjects.get(subject, (0, 0))
        subjects[subject] = cases + 1, findings + len(expected)
    for subject, (cases, findings) in subjects.items():
        print(f"rules/{subject}: {cases} cases, {findings} findings")
    for path in sorted(folder.glob("*.toml")):
        for kind, cases in tomllib.loads(path.read_text("utf-8"), parse_float=Decimal).items():
            if isinstance(cases, list):  # toy_plan.toml holds terms
                print(f"{path.stem}: {len(cases)} of {kind}")


main(Path(sys.argv[1]))
