"""The commands and how they are typed."""

import argparse
import io
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import NamedTuple

from plansheet import __version__
from plansheet.cli.printing import USAGE, UsageError
from plansheet.report.characters import printable

_CODES = "Exit codes: 0 clean, 1 findings, 2 wrong usage, 3 something could not be checked."
ENDED = 130
"""Exit code of a command that Ctrl-C ended, as shells have it."""
_JUDGES = frozenset({"check", "recalc"})
"""Commands whose exit code says what they found."""


class _Command(NamedTuple):
    """A command; its module is imported where it is typed, so that none waits for the others."""

    name: str
    does: str
    module: str
    function: str

    @property
    def add(self) -> Callable[[argparse.ArgumentParser], None]:
        """What adds its arguments."""
        function: Callable[[argparse.ArgumentParser], None] = getattr(
            import_module(f"plansheet.cli.{self.module}"), self.function
        )
        return function


_COMMANDS = (
    _Command("demo", "build the sample workbooks, check them, and say where the files are", "products", "add_demo"),
    _Command("template", "build the template, the add-in and the extension", "products", "add_template"),
    _Command("install", "put the functions into Excel on this computer (Windows)", "products", "add_install"),
    _Command("uninstall", "take the functions out of Excel again", "products", "add_uninstall"),
    _Command("doctor", "say what works on this computer, and the one next step", "products", "add_doctor"),
    _Command("check", "check saved workbooks, also in mails and archives", "checking", "add_check"),
    _Command("map", "write what is recognised in a workbook as a mapping, to edit", "mapping", "add_map"),
    _Command("terms", "write files of terms, to copy for another plan", "terms_files", "add_terms_files"),
    _Command("recalc", "calculate every plan-function cell of a workbook again", "explaining", "add_recalc"),
    _Command("rules", "list the rules", "explaining", "add_rules"),
    _Command("explain", "explain one rule", "explaining", "add_explain"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a name that the terminal cannot show must not stop the report
    typed = sys.argv[1:] if arguments is None else arguments
    parsed = parser(next((each for each in typed if not each.startswith("-")), "")).parse_args(typed)
    try:
        code: int = parsed.run(parsed)
    except UsageError as error:
        print(f"plansheet {parsed.command}: {printable(str(error))}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        print(f"plansheet {parsed.command}: ended", file=sys.stderr)
        return ENDED
    return code


def parser(typed: str | None = None) -> argparse.ArgumentParser:
    """Every command; with its arguments the one that was typed, or (None) each."""
    whole = argparse.ArgumentParser(
        prog="plansheet",
        description="A stock option plan's own arithmetic in Excel, and a check of saved workbooks by the same rules.",
        epilog=_CODES,
    )
    whole.add_argument("--version", action="version", version=f"plansheet {__version__}")
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, does, *_ in _COMMANDS:
        epilog = _CODES if name in _JUDGES else None
        commands.add_parser(name, help=does, description=f"{does[0].upper()}{does[1:]}.", epilog=epilog)
    for command in _COMMANDS:
        if typed in (None, command.name):
            command.add(commands.choices[command.name])
    return whole
