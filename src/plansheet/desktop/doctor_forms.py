"""A diagnosis as people read it in a terminal, and as programs read it."""

import json
import textwrap
from collections.abc import Iterable

from plansheet import __version__
from plansheet.desktop.check import State
from plansheet.desktop.doctor import Diagnosis

_WIDTH = 110
_SUBJECT = 21  # the longest name of a check
_MARKS = {State.WORKS: "ok", State.FAILS: "no", State.UNKNOWN: "?"}


def doctor_text(diagnosis: Diagnosis) -> str:
    """The checks in lines of a terminal's width, then the best route and the next step."""
    legend = ", ".join(f"{mark} {state}" for state, mark in _MARKS.items())
    lines = [f"plansheet {__version__} on {diagnosis.system}: {legend}.", ""]
    for check in diagnosis.checks:
        lines += _wrapped(f"{_MARKS[check.state]:<4}{check.what:<{_SUBJECT}}  ", check.says)
        if check.do and check in diagnosis.in_the_way:
            lines += _wrapped(" " * (_SUBJECT + 6), check.do)
    lines += ["", *_wrapped("Best here:  ", f"{diagnosis.route}.")]
    lines += _wrapped("Next step:  ", diagnosis.next_step)
    return "\n".join(lines) + "\n"


def doctor_json(diagnosis: Diagnosis) -> str:
    """The same as JSON, with a state as works, fails or unknown and a route as add_in, lite or libre_office."""
    answer = {
        "plansheet": __version__,
        "system": diagnosis.system,
        "route": diagnosis.route.name.lower(),
        "works": not diagnosis.in_the_way,
        "next_step": diagnosis.next_step,
        "checks": [
            {
                "what": check.what,
                "state": check.state.name.lower(),
                "says": check.says,
                "do": check.do,
                "route": check.route.name.lower() if check.route else None,
                "needed": check.needed,
            }
            for check in diagnosis.checks
        ],
    }
    return json.dumps(answer, indent=2) + "\n"


def _wrapped(first: str, text: str) -> Iterable[str]:
    """Text behind a first column; a path is never broken, nor can one steer the terminal."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return textwrap.wrap(
        plain,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_long_words=False,
        break_on_hyphens=False,
    )
