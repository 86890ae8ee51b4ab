"""The commands and how they are typed."""

import argparse
import io
import sys
from collections.abc import Sequence

from plansheet import __version__
from plansheet.cli.checking import add_check
from plansheet.cli.explaining import add_explain, add_recalc, add_rules
from plansheet.cli.printing import USAGE, UsageError
from plansheet.cli.products import add_demo, add_doctor, add_install, add_template, add_uninstall
from plansheet.cli.terms_files import add_terms_files
from plansheet.report.text import printable


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a name that the terminal cannot show must not stop the report
    parsed = parser().parse_args(arguments)
    try:
        code: int = parsed.run(parsed)
    except UsageError as error:
        print(f"plansheet {parsed.command}: {printable(str(error))}", file=sys.stderr)
        return USAGE
    return code


def parser() -> argparse.ArgumentParser:
    """Every command with its arguments."""
    whole = argparse.ArgumentParser(
        prog="plansheet",
        description="A stock option plan's own arithmetic in Excel, and a check of saved workbooks by the same rules.",
        epilog="Exit codes: 0 clean, 1 findings, 2 wrong usage, 3 something could not be checked.",
    )
    whole.add_argument("--version", action="version", version=f"plansheet {__version__}")
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    add_demo(commands.add_parser("demo", help="build the sample workbooks, check them, and say where the files are"))
    add_template(commands.add_parser("template", help="build the template, the add-in and the extension"))
    add_install(commands.add_parser("install", help="put the functions into Excel on this computer (Windows)"))
    add_uninstall(commands.add_parser("uninstall", help="take them out again"))
    add_doctor(commands.add_parser("doctor", help="say what works on this computer, and the one next step"))
    add_check(commands.add_parser("check", help="check saved workbooks"))
    add_terms_files(commands.add_parser("terms", help="write files of terms, to copy for another plan"))
    add_recalc(commands.add_parser("recalc", help="calculate every plan-function cell of a workbook again"))
    add_rules(commands.add_parser("rules", help="list the rules"))
    add_explain(commands.add_parser("explain", help="explain one rule"))
    return whole
