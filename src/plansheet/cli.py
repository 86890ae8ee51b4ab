"""The command line: plansheet demo, check, recalc, rules, explain."""

import argparse
import datetime as dt
import glob
import io
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from plansheet import __version__
from plansheet.core.rule import Severity
from plansheet.excel import FUNCTIONS
from plansheet.plan.terms import Terms, UnusableTerms, read_terms
from plansheet.report.json import json_report, recalc_json
from plansheet.report.manual import explanation, explanation_json, rule_list
from plansheet.report.text import printable, text_report
from plansheet.template import build_sample
from plansheet.workbook.checks import ALL_RULES, Checked, Options, check, check_bytes
from plansheet.workbook.guard import LARGEST_FILE
from plansheet.workbook.reader import read
from plansheet.workbook.recalc import Recalculated, recalculate
from plansheet.workbook.unreadable import Unreadable

CLEAN, FINDINGS, USAGE, UNCHECKED = 0, 1, 2, 3
SAMPLE = "atg-1996-sample.xlsx"
_STANDARD_INPUT = Path("-")
_REPORTS = {"text": text_report, "json": json_report}
_WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb", ".xls", ".ods"})
_CONTAINERS = frozenset({".zip", ".eml", ".msg", ".mbox"})  # of workbooks; each is told as not read


class UsageError(Exception):
    """A command that cannot be carried out as typed."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a name that the terminal cannot show must not stop the report
    parsed = _parser().parse_args(arguments)
    try:
        code: int = parsed.run(parsed)
    except UsageError as error:
        print(f"plansheet {parsed.command}: {printable(str(error))}", file=sys.stderr)
        return USAGE
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="plansheet",
        description="A stock option plan's own arithmetic in Excel, and a check of saved workbooks by the same rules.",
        epilog="Exit codes: 0 clean, 1 findings, 2 wrong usage, 3 something could not be checked.",
    )
    parser.add_argument("--version", action="version", version=f"plansheet {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_demo(commands.add_parser("demo", help="build the sample workbook, check it, and say where the files are"))
    _add_check(commands.add_parser("check", help="check saved workbooks"))
    _add_recalc(commands.add_parser("recalc", help="calculate every plan-function cell of a workbook again"))
    rules = commands.add_parser("rules", help="list the rules")
    rules.set_defaults(run=lambda _: _print(rule_list(ALL_RULES)))
    explain = commands.add_parser("explain", help="explain one rule")
    explain.add_argument("code", metavar="CODE", help="a rule's code, such as ISO001")
    explain.add_argument("--format", choices=("text", "json"), default="text")
    explain.set_defaults(run=_explain)
    return parser


def _print(text: str) -> int:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read the output has seen enough; the exit code still says what was found
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return CLEAN


# --- demo -----------------------------------------------------------------------------------------------------------


def _add_demo(parser: argparse.ArgumentParser) -> None:
    default = "plansheet-demo"
    parser.add_argument("folder", metavar="DIR", nargs="?", default=default, help="where to write (%(default)s)")
    parser.set_defaults(run=_demo)


def _demo(parsed: argparse.Namespace) -> int:
    folder = Path(parsed.folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        workbook = folder / SAMPLE
        workbook.open("ab").close()  # it may be open in Excel, which nobody else may write to then
        build_sample(workbook)
        checked = check(workbook, Options(as_of=_today()))
        (folder / "check.txt").write_text(text_report([checked]), encoding="utf-8")
        (folder / "check.json").write_text(json_report([checked]), encoding="utf-8")
    except OSError as error:
        what = error.filename or folder
        raise UsageError(f"{what} cannot be written: {error.strerror or error}; name another folder") from error
    _print(
        f"{text_report([checked])}\n"
        "The people and grants of the sample are invented; its mistakes were planted to be found.\n"
        f"{workbook}: the sample workbook\n"
        f"{folder / 'check.txt'}: this report\n"
        f"{folder / 'check.json'}: the same as JSON\n"
    )
    return CLEAN


# --- check ----------------------------------------------------------------------------------------------------------


def _add_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", metavar="PATH", nargs="+", help="files, folders or patterns; - reads standard input")
    parser.add_argument(
        "--format",
        action="append",
        metavar="FORMAT[=FILE]",
        help=f"{' or '.join(_REPORTS)}, to the screen or to a file; may be given again (text)",
    )
    parser.add_argument("--select", action="append", metavar="CODE", help="only rules that begin with CODE")
    parser.add_argument("--ignore", action="append", metavar="CODE", help="no rules that begin with CODE")
    parser.add_argument(
        "--as-of",
        metavar="DATE",
        help="the day of the check, as 2005-04-03 (today); no rule of this version asks for it",
    )
    parser.add_argument("--terms", metavar="FILE", help="the plan's terms as TOML (the workbook's Plan sheet)")
    parser.add_argument("--fail-on", choices=("error", "warning"), default="error", help="what counts (%(default)s)")
    parser.add_argument("--allow-unchecked", action="store_true", help="no exit code 3 for what was not checked")
    parser.set_defaults(run=_check)


def _check(parsed: argparse.Namespace) -> int:
    formats = [_format(text) for text in parsed.format or ["text"]]
    options = Options(
        as_of=_day(parsed.as_of) if parsed.as_of else _today(),
        terms=_terms(parsed.terms) if parsed.terms else None,
        fail_on=Severity(parsed.fail_on),
        wanted=_Wanted(parsed.select, parsed.ignore),
    )
    paths = list(_files(parsed.paths))
    _keep_apart(paths, [target for _, target in formats if target is not None])
    checked = [_checked(path, options) for path in paths]
    for name, target in formats:
        report = _REPORTS[name](checked)
        if target is None:
            _print(report)
            continue
        try:
            Path(target).write_text(report, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{target} cannot be written: {error.strerror or error}; name another file") from error
    return _exit_code(checked, allow_unchecked=parsed.allow_unchecked)


def _keep_apart(paths: Sequence[Path], targets: Sequence[str]) -> None:
    """A report must not be written over what it reports on."""
    read_from = {path.resolve() for path in paths}
    for target in targets:
        if Path(target).resolve() in read_from:
            raise UsageError(f"--format would write over {target}, which is to be checked; name another file")


def _checked(path: Path, options: Options) -> Checked:
    if path == _STANDARD_INPUT:
        return check_bytes(sys.stdin.buffer.read(LARGEST_FILE + 1), str(path), options)
    return check(path, options)


def _exit_code(checked: Sequence[Checked], *, allow_unchecked: bool) -> int:
    verdicts = {each.verdict for each in checked}
    if "unchecked" in verdicts and not allow_unchecked:
        return UNCHECKED
    return FINDINGS if any(each.has_findings for each in checked) else CLEAN


def _format(text: str) -> tuple[str, str | None]:
    name, _, target = text.partition("=")
    if name not in _REPORTS:
        raise UsageError(f"--format {name} is not known; use {' or '.join(_REPORTS)}")
    return name, target or None


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--as-of {text} is not a date; write it as 2005-04-03") from None


def _today() -> dt.date:
    return dt.date.today()


def _terms(path: str) -> Terms:
    try:
        return read_terms(Path(path).read_text(encoding="utf-8"), path)
    except OSError as error:
        raise UsageError(f"--terms {path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"--terms {path} is no text in UTF-8; save it as UTF-8") from error
    except UnusableTerms as error:
        raise UsageError(f"--terms {error}") from error


class _Wanted:
    """Whether a rule's findings are wanted: codes that begin as selected, less those ignored."""

    def __init__(self, select: Sequence[str] | None, ignore: Sequence[str] | None) -> None:
        codes = [rule.code for rule in ALL_RULES]
        for prefix in (*(select or ()), *(ignore or ())):
            if not any(code.startswith(prefix.upper()) for code in codes):
                raise UsageError(f"no rule begins with {prefix}; plansheet rules lists them")
        self._select = tuple(prefix.upper() for prefix in select or ("",))
        self._ignore = tuple(prefix.upper() for prefix in ignore or ())

    def __call__(self, code: str) -> bool:
        return code.startswith(self._select) and not code.startswith(self._ignore)


def _files(paths: Sequence[str]) -> Iterator[Path]:
    """Each file once: named ones whatever they are, of folders those that are called workbooks."""
    seen: set[Path] = set()
    for text in paths:
        try:
            found = list(_expanded(text))
        except (OSError, ValueError) as error:  # longer than a path can be, or with a NUL
            raise UsageError(f"{text[:80]}: {getattr(error, 'strerror', None) or error}; check the path") from error
        if not found:
            raise UsageError(f"{text}: there is no such file, or no workbook in that folder; check the path")
        for path in found:
            if path not in seen:
                seen.add(path)
                yield path


def _expanded(text: str) -> Iterator[Path]:
    path = Path(text)
    if path == _STANDARD_INPUT:
        yield path
    elif path.is_dir():
        inside = (p for p in path.rglob("*") if p.suffix.lower() in _WORKBOOKS | _CONTAINERS and p.is_file())
        yield from sorted(p for p in inside if not p.name.startswith(("~$", ".")))
    elif path.exists():
        yield path
    else:
        yield from sorted(Path(match) for match in glob.glob(text, recursive=True) if Path(match).is_file())


# --- recalc, explain ------------------------------------------------------------------------------------------------


def _add_recalc(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("workbook", metavar="WORKBOOK")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.set_defaults(run=_recalc)


def _recalc(parsed: argparse.Namespace) -> int:
    path = Path(parsed.workbook)
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file; check the path")
    try:
        results = recalculate(read(path), FUNCTIONS)
    except Unreadable as unreadable:
        print(f"{printable(str(path))}: {printable(str(unreadable))}", file=sys.stderr)
        return UNCHECKED
    _print(recalc_json(str(path), results) if parsed.format == "json" else _recalc_text(results))
    states = {result.state for result in results}
    if "not checked" in states:
        return UNCHECKED
    return FINDINGS if states & {"different", "never calculated"} else CLEAN


def _recalc_text(results: Sequence[Recalculated]) -> str:
    lines = [f"{r.sheet}!{r.cell}  {r.state}  {r.formula}{_because(r)}" for r in results]
    same = sum(r.state == "same" for r in results)
    cells = f"{len(results):,} plan-function cell{'' if len(results) == 1 else 's'}"
    lines.append(f"{cells}, {same:,} the same, {len(results) - same:,} not.")
    return "\n".join(printable(line) for line in lines) + "\n"


def _because(result: Recalculated) -> str:
    if result.unchecked is not None:
        return f"  (the cell {result.unchecked})"
    if result.difference is not None:
        return f"  ({result.difference})"
    return "" if result.same else f"  (saved {result.saved}, recomputed {result.recomputed})"


def _explain(parsed: argparse.Namespace) -> int:
    code = parsed.code.upper()
    rule = next((rule for rule in ALL_RULES if rule.code == code), None)
    if rule is None:
        raise UsageError(f"there is no rule {parsed.code}; plansheet rules lists them")
    return _print(explanation_json(rule) if parsed.format == "json" else explanation(rule))
