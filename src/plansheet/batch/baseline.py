"""Findings that are known from an earlier report, by their fingerprints: they are not told again.

A workbook is held against the one of the same path. One whose path is new (the ledger of the next month, in the next
mail) is held against all whose paths are gone, together: each of their findings is known once.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from plansheet.report.verdicts import Left, Run, Verdict


class UnusableBaseline(Exception):
    """A baseline that is no report of a check."""


class Baseline:
    """The findings of a report in JSON."""

    def __init__(self, known: dict[str, Counter[str]]) -> None:
        self._known = known

    def held_against(self, run: Run) -> Run:
        """The run without the findings that are known."""
        return _News(run, self._known)


class _News:
    """A run without known findings."""

    def __init__(self, run: Run, known: dict[str, Counter[str]]) -> None:
        self._run, self._known = run, known
        self._gone: Counter[str] = Counter()
        for path in known.keys() - {verdict.checked.path for verdict in run.verdicts()}:
            self._gone += known[path]

    @property
    def interrupted(self) -> str:
        """See Run."""
        return self._run.interrupted

    def left(self) -> Iterator[Left]:
        """See Run."""
        return self._run.left()

    def verdicts(self) -> Iterator[Verdict]:
        """See Run; each known finding is left out once."""
        gone = self._gone.copy()
        known = {path: prints.copy() for path, prints in self._known.items()}
        for verdict in self._run.verdicts():
            yield _without(verdict, known.get(verdict.checked.path, gone))


def read_baseline(text: str, name: str) -> Baseline:
    """A baseline from the text of a report; UnusableBaseline says what is wrong with it."""
    try:
        workbooks = json.loads(text)["workbooks"]
        known: dict[str, Counter[str]] = {}
        for workbook in workbooks:
            prints = known.setdefault(str(workbook["path"]), Counter())
            prints.update(str(finding["fingerprint"]) for finding in workbook["findings"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UnusableBaseline(f"{name} is no report of plansheet check --format json; name one") from error
    return Baseline(known)


def _without(verdict: Verdict, known: Counter[str]) -> Verdict:
    """A verdict without known findings; each is taken once."""
    new = []
    for found in verdict.checked.findings:
        if known[found.fingerprint] > 0:
            known[found.fingerprint] -= 1
        else:
            new.append(found)
    checked = verdict.checked
    left_out = len(checked.findings) - len(new)
    if not left_out:
        return verdict
    counted = any(map(checked.counts, new))
    said = "clean" if checked.verdict == "findings" and not counted else checked.verdict
    return replace(verdict, known=left_out, checked=replace(checked, findings=new, has_findings=counted, verdict=said))
