"""Figures of the law, each with its citation and the day from which it holds. A plan's own figure may be stricter."""

import datetime
import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class StatuteFigure(NamedTuple):
    """A figure that the Code fixes."""

    value: int
    since: datetime.date
    citation: str
    text: str


@cache
def statute() -> dict[str, StatuteFigure]:
    """Every figure of statute.toml by name."""
    data = tomllib.loads(files("plansheet.plan").joinpath("statute.toml").read_text(encoding="utf-8"))
    return {name: StatuteFigure(e["value"], e["from"], e["citation"], e["text"]) for name, e in data.items()}
