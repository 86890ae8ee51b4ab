"""The report of a check as JUnit XML, which build servers show: a suite for each workbook, a test for each finding.

The format has no standard. What is written here holds by the schemas of Jenkins and of Surefire: every suite has its
counts, every test has a class, a name and a time (0: nothing here was timed). A test's class and name stay the same
from run to run while the finding stands, so that a server can tell what is new.
"""

import io
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TextIO
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from plansheet.report.characters import printable
from plansheet.report.verdicts import Left, Run, Verdict
from plansheet.workbook.checked import Checked, Found

_OUTCOMES = {"failure": "failures", "error": "errors", "skipped": "skipped"}
"""The elements of what does not pass, and the attributes that count them."""


class _Case(NamedTuple):
    """A test. ``outcome`` is a key of _OUTCOMES, empty for a pass; ``first`` is shown at once, ``more`` on a click."""

    name: str
    outcome: str = ""
    kind: str = ""
    first: str = ""
    more: str = ""


class _Suite(NamedTuple):
    """The tests of a workbook; ``out`` is what else there is to say."""

    name: str
    file: str
    cases: list[_Case]
    out: str = ""

    @property
    def counts(self) -> Counter[str]:
        """How many tests there are, and of each outcome."""
        return Counter({"tests": len(self.cases)}) + Counter(case.outcome for case in self.cases if case.outcome)


def write_junit(run: Run, to: TextIO) -> None:
    """One document, a workbook at a time; the run is gone through once more for the counts at its top."""
    total: Counter[str] = Counter()
    for suite in _suites(run):
        total.update(suite.counts)
    out = XMLGenerator(_Ascii(to), "utf-8", short_empty_elements=True)
    out.startDocument()
    _start(out, "testsuites", {"name": "plansheet check", **_counted(total)})
    for suite in _suites(run):
        _write(suite, out)
    out.endElement("testsuites")
    out.endDocument()
    to.write("\n")


# --- What is a test ---------------------------------------------------------------------------------------------------


def _suites(run: Run) -> Iterator[_Suite]:
    yield from map(_of_workbook, run.verdicts())
    yield from map(_of_left, run.left())
    if run.interrupted:
        yield _Suite("the run", "", [_Case("was finished", "error", "interrupted", run.interrupted, run.interrupted)])


def _of_workbook(verdict: Verdict) -> _Suite:
    checked = verdict.checked
    cases = [*_verdict(checked), *(_finding(found, checked) for found in checked.findings), *_open(checked)]
    return _Suite(checked.path, verdict.origin.file, list(_told_apart(cases)), "\n".join(_beside(verdict)))


def _of_left(left: Left) -> _Suite:
    return _Suite(left.path, left.path, [_Case("is a workbook", "skipped", "left", left.why)])


def _verdict(checked: Checked) -> Iterator[_Case]:
    """A clean workbook passes a test; one that could not be checked fails it with an error."""
    if checked.verdict == "clean":
        yield _Case("clean")
    if checked.verdict == "unchecked":
        lines = [f"{missed.what}: {missed.why}" for missed in checked.not_checked if not missed.columns]
        first = f"{lines[0]}{f' (and {len(lines) - 1:,} more)' if len(lines) > 1 else ''}" if lines else "unchecked"
        yield _Case("checked", "error", checked.unreadable or "unchecked", first, "\n".join(lines))


def _finding(found: Found, checked: Checked) -> _Case:
    """A finding that counts is a failure. One that does not is skipped: shown, and nothing turns red."""
    where = f"{found.sheet}!{found.cell}" if found.cell else found.sheet or "the workbook"
    rests_on = [f"plan {found.plan}"] if found.plan else []
    told = [f"{where}: {found.message}", found.fix, "; ".join([*rests_on, *found.law])]
    outcome = "failure" if checked.counts(found) else "skipped"
    first = f"{found.severity.value}: {found.message} {found.fix}"
    return _Case(f"{found.code} {where}", outcome, found.severity.value, first, "\n".join(filter(None, told)))


def _open(checked: Checked) -> Iterator[_Case]:
    """What was not checked in a workbook that was."""
    if checked.verdict != "unchecked":
        for missed in checked.not_checked:
            if not missed.columns:
                yield _Case(f"not checked: {missed.what}", "skipped", "not checked", missed.why, missed.why)


def _told_apart(cases: Iterable[_Case]) -> Iterator[_Case]:
    """Tests of the same name by their number: a server shows one of each name."""
    times: Counter[str] = Counter()
    for case in cases:
        times[case.name] += 1
        yield case if times[case.name] == 1 else case._replace(name=f"{case.name} ({times[case.name]})")


def _beside(verdict: Verdict) -> Iterator[str]:
    checked, mail = verdict.checked, verdict.origin.mail
    if mail is not None:
        yield f"mail from {mail.sender}, subject {mail.subject}, {mail.date}"
    if checked.sha256:
        yield f"SHA-256 {checked.sha256}"
    if verdict.known:
        yield f"findings left out because the baseline has them: {verdict.known:,}"
    if verdict.annotated:
        yield f"a copy with its findings: {verdict.annotated}"
    lacking = [missed.code for missed in checked.not_checked if missed.columns]
    if lacking:
        yield f"rules not checked for lack of columns: {' '.join(lacking)}"


# --- How it is written ------------------------------------------------------------------------------------------------


def _write(suite: _Suite, out: XMLGenerator) -> None:
    _start(out, "testsuite", {"name": suite.name, **_counted(suite.counts)})
    # Jenkins takes what stands before the last point for a package: a path must have no other.
    classname = f"plansheet.{suite.name.replace('.', '_')}"
    for case in suite.cases:
        file = {"file": suite.file} if suite.file else {}
        _start(out, "testcase", {"classname": classname, "name": case.name, **file, "time": "0"})
        if case.outcome:
            _start(out, case.outcome, {"message": case.first, "type": case.kind})
            out.characters(_lines(case.more))
            out.endElement(case.outcome)
        out.endElement("testcase")
    if suite.out:
        _start(out, "system-out", {})
        out.characters(_lines(suite.out))
        out.endElement("system-out")
    out.endElement("testsuite")


def _counted(counts: Counter[str]) -> dict[str, str]:
    by_name = {"tests": counts["tests"], **{name: counts[outcome] for outcome, name in _OUTCOMES.items()}}
    return {**{name: str(number) for name, number in by_name.items()}, "time": "0"}


def _start(out: XMLGenerator, name: str, attributes: dict[str, str]) -> None:
    out.ignorableWhitespace("\n")
    out.startElement(name, AttributesImpl({key: printable(text) for key, text in attributes.items()}))


def _lines(text: str) -> str:
    return "\n".join(printable(line) for line in text.split("\n"))


class _Ascii(io.TextIOBase):
    """Writes letters beyond ASCII as numbers, so that the document is right in every encoding."""

    def __init__(self, to: TextIO) -> None:
        self._to = to

    def write(self, text: str) -> int:
        return self._to.write(text.encode("ascii", "xmlcharrefreplace").decode("ascii"))
