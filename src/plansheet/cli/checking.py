"""plansheet check: saved workbooks against the rules."""

import argparse
import glob
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from plansheet.cli.mapping import add_mapping, mapping_given
from plansheet.cli.printing import CLEAN, FINDINGS, UNCHECKED, UsageError, day_of, not_written, print_report
from plansheet.cli.terms_files import add_terms, terms_given
from plansheet.core.rule import Severity
from plansheet.excel.manual import ALL_RULES
from plansheet.report.json import write_json
from plansheet.report.junit import write_junit
from plansheet.report.sarif import write_sarif
from plansheet.report.text import write_text
from plansheet.report.verdicts import Files
from plansheet.workbook.checked import Checked
from plansheet.workbook.checks import Options, check, check_bytes
from plansheet.workbook.reading.guard import LARGEST_FILE

_STANDARD_INPUT = Path("-")
_REPORTS = {"text": write_text, "json": write_json, "junit": write_junit, "sarif": write_sarif}
_FORMATS = f"{', '.join(list(_REPORTS)[:-1])} or {list(_REPORTS)[-1]}"
_WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb", ".xls", ".ods"})
_CONTAINERS = frozenset({".zip", ".eml", ".msg", ".mbox"})  # of workbooks; each is told as not read


def add_check(parser: argparse.ArgumentParser) -> None:
    """The command check."""
    parser.add_argument("paths", metavar="PATH", nargs="+", help="files, folders or patterns; - reads standard input")
    parser.add_argument(
        "--format",
        action="append",
        metavar="FORMAT[=FILE]",
        help=f"{_FORMATS}, to the screen or to a file; may be given again (text)",
    )
    parser.add_argument("--select", action="append", metavar="CODE", help="only rules that begin with CODE")
    parser.add_argument("--ignore", action="append", metavar="CODE", help="no rules that begin with CODE")
    parser.add_argument(
        "--as-of",
        metavar="DATE",
        help="the day as of which it is judged what is late or due, as 2005-04-03 (today)",
    )
    add_terms(parser, "the plan's terms as TOML (the workbook's Plan sheet)")
    add_mapping(parser)
    parser.add_argument("--fail-on", choices=("error", "warning"), default="error", help="what counts (%(default)s)")
    parser.add_argument("--allow-unchecked", action="store_true", help="no exit code 3 for what was not checked")
    parser.set_defaults(run=_check)


def _check(parsed: argparse.Namespace) -> int:
    formats = [_format(text) for text in parsed.format or ["text"]]
    options = Options(
        as_of=day_of(parsed.as_of),
        terms=terms_given(parsed),
        fail_on=Severity(parsed.fail_on),
        wanted=_Wanted(parsed.select, parsed.ignore),
        mapping=mapping_given(parsed),
    )
    paths = list(_files(parsed.paths))
    _keep_apart(paths, [target for _, target in formats if target is not None])
    checked = [_checked(path, options) for path in paths]
    for name, target in formats:
        write = partial(_REPORTS[name], Files(checked))
        if target is None:
            print_report(write)
            continue
        try:
            with Path(target).open("w", encoding="utf-8") as to:
                write(to)
        except OSError as error:
            raise not_written(target, error, "file") from error
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
        raise UsageError(f"--format {name} is not known; use {_FORMATS}")
    return name, target or None


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
