"""Findings that are known from an earlier report, by their fingerprints: they are not told again.

A workbook is held against the one of the same path and sender. One whose path is new (the ledger of the next month, in
the next mail) is held against those of its sender whose paths are gone, for the mistakes of two issuers may look the
same; one whose sender the report does not know, or that came in no mail, against all of senders that are gone, or of
none. Together: each of their findings is known once.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from plansheet.report.verdicts import Left, Mail, Run, Verdict

_NOBODY = ""
"""The sender of what came in no mail, or in one that names none."""


class UnusableBaseline(Exception):
    """A baseline that is no report of a check."""


Known = dict[tuple[str, str], Counter[str]]
"""The fingerprints of each workbook's findings, by its path and its sender."""


class Baseline:
    """The findings of a report in JSON."""

    def __init__(self, known: Known) -> None:
        self._known = known

    def held_against(self, run: Run) -> Run:
        """The run without the findings that are known."""
        return _News(run, self._known)


class _News:
    """A run without known findings."""

    def __init__(self, run: Run, known: Known) -> None:
        self._run, self._known = run, known
        here = {(verdict.checked.path, _sender(verdict)) for verdict in run.verdicts()}
        senders = {sender for _, sender in here}
        self._gone: dict[str, Counter[str]] = {_NOBODY: Counter()}
        """What is known of the workbooks whose paths are gone, by the senders that are still there."""
        for (path, sender), prints in known.items():
            gone = self._gone.setdefault(sender if sender in senders else _NOBODY, Counter())
            if (path, sender) not in here:
                gone.update(prints)

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
        known = {workbook: prints.copy() for workbook, prints in self._known.items()}
        for verdict in self._run.verdicts():
            sender = _sender(verdict)
            prints = known.get((verdict.checked.path, sender))
            yield _without(verdict, gone.get(sender, gone[_NOBODY]) if prints is None else prints)


def read_baseline(text: str, name: str) -> Baseline:
    """A baseline from the text of a report; UnusableBaseline says what is wrong with it."""
    try:
        workbooks = json.loads(text)["workbooks"]
        known: Known = {}
        for workbook in workbooks:
            mail = workbook.get("origin", {}).get("mail") or {}  # null in an archive that came in no mail
            prints = known.setdefault((str(workbook["path"]), _who(Mail(mail.get("from", "")))), Counter())
            prints.update(str(finding["fingerprint"]) for finding in workbook["findings"])
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
