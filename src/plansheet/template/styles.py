"""How cells look: one named style for each kind of value."""

from typing import Any

from plansheet.core.records import Kind

INK = "#1F3864"
BAND = "#D9E2F3"
TYPED = "#FFF2CC"

_TOP = {"valign": "top"}
_TEXT = {**_TOP, "align": "left", "indent": 1}  # keeps words away from the numbers of the column before
_HEADER = {"bold": True, "text_wrap": True, "valign": "vcenter"}
_DARK = {**_HEADER, "font_color": "#FFFFFF", "bg_color": INK}
_LIGHT = {**_HEADER, "font_color": INK, "bg_color": BAND}

FORMATS: dict[str, dict[str, object]] = {
    "text": _TEXT,
    "wrapped": {**_TEXT, "text_wrap": True},
    "date": {**_TEXT, "num_format": "yyyy-mm-dd"},
    "label": {**_TEXT, "bold": True},
    "link": {**_TEXT, "font_color": "#0563C1", "underline": 1},
    "number on the left": {**_TEXT, "num_format": "#,##0"},
    "price on the left": {**_TEXT, "num_format": "$#,##0.00"},
    "shares": {**_TOP, "num_format": "#,##0;[Red]-#,##0"},
    "change": {**_TOP, "num_format": "#,##0"},
    "plain": {**_TOP, "num_format": "0"},
    "dollars": {**_TOP, "num_format": "$#,##0.00"},
    "price": {**_TOP, "num_format": "$#,##0.00####"},  # prices of 1999 were quoted in sixteenths
    "typed text": {**_TEXT, "bg_color": TYPED},
    "typed number": {**_TOP, "bg_color": TYPED, "num_format": "0"},
    "header": {**_DARK, "align": "left", "indent": 1},
    "header of numbers": {**_DARK, "align": "center"},
    "spill header": {**_LIGHT, "align": "left", "indent": 1},
    "spill header of numbers": {**_LIGHT, "align": "center"},
    "title": {"bold": True, "font_size": 16, "font_color": INK},
    "note": {"italic": True, "font_color": "#595959"},
    "paragraph": {**_TOP, "align": "left", "text_wrap": True},
}
"""Whole shares with separators, money to the cent (prices as precise as they are), dates that nobody can misread."""

OF_KIND = {
    Kind.IDENTIFIER: "text",
    Kind.DATE: "date",
    Kind.SHARES: "shares",
    Kind.MONEY: "price",
    Kind.MONTHS: "plain",
    Kind.WORD: "text",
    Kind.FLAG: "text",
    Kind.TEXT: "text",
}


_NUMBERS = frozenset({"shares", "change", "plain", "dollars", "price"})


def header_style(style: str, *, spilled: bool = False) -> str:
    """The style of the heading above a column of that style."""
    return f"{'spill ' if spilled else ''}header{' of numbers' if style in _NUMBERS else ''}"


def add_formats(workbook: Any) -> dict[str, Any]:
    """Every style by name, in a workbook of xlsxwriter."""
    return {name: workbook.add_format(properties) for name, properties in FORMATS.items()}
