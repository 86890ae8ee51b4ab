"""Findings that are known from an earlier report, by their fingerprints: they are not told again.

A workbook is held against the one of the same path. One whose path is new (the ledger of the next month, in the next
mail) is held against those of its sender whose paths are gone, for the mistakes of two issuers may look the same; one
whose sender the report does not know, or that came in no mail, against all of senders that are gone, or of none.
Together: each of their findings is known once.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from plansheet.report.verdicts import Left, Mail, Run, Verdict

_NOBODY = ""
"""The sender of what came in no mail, or in one that names none."""


class UnusableBaseline(Exception):
    """A baseline that is no report of a check."""


@dataclass(slots=True)
class _Workbook:
    """What a report knows of the workbook of a path."""

    sender: str
    prints: Counter[str]


class Baseline:
    """The findings of a report in JSON."""

    def __init__(self, known: dict[str, _Workbook]) -> None:
        self._known = known

    def held_against(self, run: Run) -> Run:
        """The run without the findings that are known."""
        return _News(run, self._known)


class _News:
    """A run without known findings."""

    def __init__(self, run: Run, known: dict[str, _Workbook]) -> None:
        self._run, self._known = run, known
        paths, senders = set(), set()
        for verdict in run.verdicts():
            paths.add(verdict.checked.path)
            senders.add(_sender(verdict))
        self._gone: dict[str, Counter[str]] = {_NOBODY: Counter()}
        """What is known of the workbooks whose paths are gone, by the senders that are still there."""
        for path, workbook in known.items():
            whose = workbook.sender if workbook.sender in senders else _NOBODY
            gone = self._gone.setdefault(whose, Counter())
            if path not in paths:
                gone.update(workbook.prints)

    @property
    def interrupted(self) -> str:
        """See Run."""
        return self._run.interrupted

    def left(self) -> Iterator[Left]:
        """See Run."""
        return self._run.left()

    def verdicts(self) -> Iterator[Verdict]:
        """See Run; each known finding is left out once."""
        gone = {sender: prints.copy() for sender, prints in self._gone.items()}
        known = {path: workbook.prints.copy() for path, workbook in self._known.items()}
        for verdict in self._run.verdicts():
            prints = known.get(verdict.checked.path)
            yield _without(verdict, gone.get(_sender(verdict), gone[_NOBODY]) if prints is None else prints)


def read_baseline(text: str, name: str) -> Baseline:
    """A baseline from the text of a report; UnusableBaseline says what is wrong with it."""
    try:
        workbooks = json.loads(text)["workbooks"]
        known: dict[str, _Workbook] = {}
        for workbook in workbooks:
            mail = workbook.get("origin", {}).get("mail") or {}  # null in an archive that came in no mail
            of_path = known.setdefault(str(workbook["path"]), _Workbook(_who(Mail(mail.get("from", ""))), Counter()))
            of_path.prints.update(str(finding["fingerprint"]) for finding in workbook["findings"])
    except (AttributeError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise UnusableBaseline(f"{name} is no report of plansheet check --format json; name one") from error
    return Baseline(known)


def _sender(verdict: Verdict) -> str:
    return _who(verdict.origin.mail) if verdict.origin.mail else _NOBODY


def _who(mail: Mail) -> str:
    """Its sender, whatever name stands before the address this time."""
    return mail.address.casefold()


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
