"""The commands and how they are typed."""

import argparse
import io
import sys
from collections.abc import Sequence

from plansheet import __version__
from plansheet.cli.checking import add_check
from plansheet.cli.explaining import add_explain, add_recalc, add_rules
from plansheet.cli.mapping import add_map
from plansheet.cli.printing import USAGE, UsageError
from plansheet.cli.products import add_demo, add_doctor, add_install, add_template, add_uninstall
from plansheet.cli.terms_files import add_terms_files
from plansheet.report.characters import printable

_CODES = "Exit codes: 0 clean, 1 findings, 2 wrong usage, 3 something could not be checked."
_JUDGES = frozenset({"check", "recalc"})
"""Commands whose exit code says what they found."""


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
        epilog=_CODES,
    )
    whole.add_argument("--version", action="version", version=f"plansheet {__version__}")
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, does: str) -> argparse.ArgumentParser:
        return commands.add_parser(
            name, help=does, description=f"{does[0].upper()}{does[1:]}.", epilog=_CODES if name in _JUDGES else None
        )

    add_demo(command("demo", "build the sample workbooks, check them, and say where the files are"))
    add_template(command("template", "build the template, the add-in and the extension"))
    add_install(command("install", "put the functions into Excel on this computer (Windows)"))
    add_uninstall(command("uninstall", "take the functions out of Excel again"))
    add_doctor(command("doctor", "say what works on this computer, and the one next step"))
    add_check(command("check", "check saved workbooks"))
    add_map(command("map", "write what is recognised in a workbook as a mapping, to edit"))
    add_terms_files(command("terms", "write files of terms, to copy for another plan"))
    add_recalc(command("recalc", "calculate every plan-function cell of a workbook again"))
    add_rules(command("rules", "list the rules"))
    add_explain(command("explain", "explain one rule"))
    return whole
