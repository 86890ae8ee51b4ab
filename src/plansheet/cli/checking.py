"""plansheet check: saved workbooks against the rules, from files, folders, archives and mails."""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from plansheet.batch.asked import Asked, Text
from plansheet.batch.baseline import Baseline, UnusableBaseline, read_baseline
from plansheet.batch.crew import Crew, NoWorkers
from plansheet.batch.journal import Journal, UnusableJournal
from plansheet.batch.run import Batch
from plansheet.batch.sources import STANDARD_INPUT, NoSource, Sources
from plansheet.batch.walls import LEAST_MEGABYTES, Limits
from plansheet.batch.worker import Setup
from plansheet.cli.printing import (
    CLEAN,
    FINDINGS,
    UNCHECKED,
    UsageError,
    day_of,
    not_written,
    output,
    read_file,
    text_of,
)
from plansheet.cli.progress import Telling
from plansheet.cli.terms_files import add_terms
from plansheet.report.verdicts import Left, Run

if TYPE_CHECKING:
    from plansheet.batch.distributed import Cluster

_REPORTS = ("text", "json", "junit", "sarif")
"""Each has a module in report/, which is imported where it is asked for."""
_FORMATS = f"{', '.join(_REPORTS[:-1])} or {_REPORTS[-1]}"
LARGEST_INPUT = 1 << 32
"""Bytes of the standard input."""


def add_check(parser: argparse.ArgumentParser) -> None:
    """The command check."""
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="+",
        help="workbooks, mails (.eml, .msg, .mbox, Maildir), .zip, folders, patterns; - reads standard input",
    )
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
    parser.add_argument("--map", metavar="FILE", help="which columns hold what, as TOML (found by their headings)")
    parser.add_argument("--fail-on", choices=("error", "warning"), default="error", help="what counts (%(default)s)")
    parser.add_argument("--allow-unchecked", action="store_true", help="no exit code 3 for what was not checked")
    parser.add_argument("--baseline", metavar="FILE", help="an earlier report in JSON: its findings are not told again")
    parser.add_argument("--annotate", metavar="DIR", help="where to write copies of the workbooks with their findings")
    parser.add_argument(
        "--password-file", metavar="FILE", help="passwords to try on locked workbooks and archives, one in each line"
    )
    parser.add_argument(
        "--resume",
        metavar="FILE",
        help="keep a journal in FILE; where there is one of a run that was ended, go on with it",
    )
    parser.add_argument("--jobs", type=_whole_number(1), metavar="N", help="worker processes (one for each processor)")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster that is to do the work")
    limits = Limits()
    parser.add_argument(
        "--time-limit",
        type=_whole_number(1),
        default=limits.seconds,
        metavar="SECONDS",
        help="for one file (%(default)s)",
    )
    parser.add_argument(
        "--memory-limit",
        type=_whole_number(LEAST_MEGABYTES),
        default=limits.megabytes,
        metavar="MB",
        help="for one file (%(default)s)",
    )
    parser.set_defaults(run=_check)


def _whole_number(least: int) -> Callable[[str], int]:
    """Reads an option's number."""

    def number(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number of {least} or more; give one")
        return int(text)

    return number


def _check(parsed: argparse.Namespace) -> int:
    formats = [_format(text) for text in parsed.format or ["text"]]
    asked = _asked(parsed)
    baseline = read_file("--baseline", parsed.baseline, read_baseline, UnusableBaseline) if parsed.baseline else None
    passwords = text_of("--password-file", parsed.password_file).splitlines() if parsed.password_file else []
    outputs = [target for _, target in formats if target is not None] + ([parsed.resume] if parsed.resume else [])
    asking = [parsed.baseline, parsed.map, parsed.terms, parsed.password_file]
    _keep_apart([*parsed.paths, *filter(None, asking)], outputs)
    copies = _empty_folder(parsed.annotate) if parsed.annotate else None
    limits = Limits(parsed.memory_limit, parsed.time_limit)
    try:
        journal = Journal(Path(parsed.resume) if parsed.resume else None, asked.digest())
    except UnusableJournal as error:
        raise UsageError(f"--resume {error}") from error
    with _in_use(journal):
        batch = Batch(journal, limits, new_passwords=bool(passwords))
        _look(batch, parsed, outputs, Setup(asked.to_json(), limits, tuple(passwords)))
        batch.sort_out()
        if copies is not None:
            try:
                batch.write_copies(copies)
            except OSError as error:
                raise not_written(copies, error, "folder") from error
        return _report(batch, baseline, formats, parsed)


def _look(batch: Batch, parsed: argparse.Namespace, outputs: Sequence[str], setup: Setup) -> None:
    telling = Telling()
    try:
        with _hands(parsed, setup) as hands, telling.until_stopped():
            batch.find(_sources(parsed.paths, outputs, Path(hands.folder)))
            batch.look(hands, telling)
    except NoWorkers as error:
        raise UsageError(str(error)) from error
    is_whole = batch.progress.done == batch.progress.known
    batch.interrupted = _STOPPED if telling.stopped and not is_whole else ""


@contextmanager
def _in_use(journal: Journal) -> Iterator[None]:
    """What goes wrong with the journal in the middle is told, as at its beginning."""
    try:
        with journal:
            yield
    except UnusableJournal as error:
        raise UsageError(f"{error}; see that there is room on the disk") from error


def _hands(parsed: argparse.Namespace, setup: Setup) -> "Crew | Cluster":
    if parsed.scheduler is None:
        return Crew(setup, parsed.jobs or os.cpu_count() or 1)
    try:
        from plansheet.batch.distributed import Cluster  # an optional extra
    except ImportError as error:
        raise UsageError('--scheduler needs Dask: python -m pip install ".[cluster]"') from error
    return Cluster(parsed.scheduler, setup)


_STOPPED = "the run was ended before this was checked; start it again, with --resume to go on from a journal"


def _report(
    batch: Batch, baseline: Baseline | None, formats: Sequence[tuple[str, str | None]], parsed: argparse.Namespace
) -> int:
    run: Run = batch if baseline is None else baseline.held_against(batch)
    nothing = True
    found = unchecked = False
    for verdict in run.verdicts():
        nothing = False
        found |= verdict.checked.has_findings
        unchecked |= verdict.checked.verdict == "unchecked"
    if nothing:
        beside = next(run.left(), None)
        named = f"; {beside.path}: {beside.why}" if beside else ""
        raise UsageError(f"{' '.join(parsed.paths)}: there is no workbook{named}; check the path")
    for name, target in formats:
        with output(target) as to:
            _writer(name)(run, to)
    if unchecked and not parsed.allow_unchecked:
        return UNCHECKED
    return FINDINGS if found else CLEAN


def _writer(name: str) -> Callable[[Run, TextIO], None]:
    write: Callable[[Run, TextIO], None] = getattr(import_module(f"plansheet.report.{name}"), f"write_{name}")
    return write


def _asked(parsed: argparse.Namespace) -> Asked:
    return Asked(
        as_of=day_of(parsed.as_of).isoformat(),
        terms=_terms(parsed.terms) if parsed.terms else None,
        mapping=_mapping(parsed.map) if parsed.map else None,
        select=_codes(parsed.select),
        ignore=_codes(parsed.ignore),
        fail_on=parsed.fail_on,
        annotate=parsed.annotate is not None,
    )


# What these need takes a fifth of a second to import, and the worker processes import it anyway.


def _codes(prefixes: Sequence[str] | None) -> Sequence[str]:
    if not prefixes:
        return ()
    from plansheet.excel.manual import ALL_RULES

    for prefix in prefixes:
        if not any(rule.code.startswith(prefix.upper()) for rule in ALL_RULES):
            raise UsageError(f"no rule begins with {prefix}; plansheet rules lists them")
    return prefixes


def _terms(path: str) -> Text:
    from plansheet.plan.terms import UnusableTerms, read_terms

    return _given("--terms", path, read_terms, UnusableTerms)


def _mapping(path: str) -> Text:
    from plansheet.workbook.ledgers.mapping import UnusableMapping, read_mapping

    return _given("--map", path, read_mapping, UnusableMapping)


def _given(option: str, path: str, read: Callable[[str, str], object], unusable: type[Exception]) -> Text:
    """The text of an option's file, which was found to be readable."""

    def text(text: str, name: str) -> Text:
        read(text, name)
        return Text(text, name)

    return read_file(option, path, text, unusable)


def _sources(paths: Sequence[str], outputs: Sequence[str], folder: Path) -> Iterator[tuple[str, str, bool] | Left]:
    """What is to be looked at: the name, where the bytes are, whether it was named."""
    ours, standard_input = {Path(path).resolve() for path in outputs}, ""
    try:
        for each in Sources(paths, lambda path: path.resolve() in ours):
            if isinstance(each, Left):
                yield each
                continue
            name, given = each
            if given and name != STANDARD_INPUT and Path(name).resolve() in ours:  # a pattern fits it
                raise _written_over(name)
            if name == STANDARD_INPUT:
                standard_input = standard_input or _input(folder)  # it can be read once
            yield name, standard_input if name == STANDARD_INPUT else os.path.abspath(name), given
    except NoSource as error:
        raise UsageError(str(error)) from error


def _input(folder: Path) -> str:
    """The standard input, as a file."""
    path = folder / "input"
    if sys.stdin is None:
        raise UsageError("- stands for the standard input, which is closed; name a file")
    with path.open("wb") as file:
        while part := sys.stdin.buffer.read(1 << 20):
            file.write(part)
            if file.tell() > LARGEST_INPUT:
                raise UsageError(f"the standard input has more than {LARGEST_INPUT:,} bytes; check it as a file")
    return str(path)


def _keep_apart(paths: Sequence[str], targets: Sequence[str]) -> None:
    """A report must not be written over what it reports on or what the run is told by, nor over another report."""
    taken = {Path(path).resolve() for path in paths if path != STANDARD_INPUT}
    for target in targets:
        path = Path(target).resolve()
        if path in taken:
            raise _written_over(target)
        if path.is_file() or not path.exists():  # /dev/null takes any number
            taken.add(path)


def _written_over(target: str) -> UsageError:
    return UsageError(f"{target} would be written over, and is read or written in this run; name another file to write")


def _empty_folder(name: str) -> Path:
    """A folder for copies: nothing that is there is written over."""
    folder = Path(name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise UsageError(f"--annotate {folder} is not empty; name a new folder, so that no copy is written over")
    except OSError as error:
        raise not_written(folder, error, "folder") from error
    return folder


def _format(text: str) -> tuple[str, str | None]:
    name, _, target = text.partition("=")
    if name not in _REPORTS:
        raise UsageError(f"--format {name} is not known; use {_FORMATS}")
    return name, target or None
