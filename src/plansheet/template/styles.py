"""How cells look: one named style for each kind of value."""

from typing import Any

from plansheet.core.records import Kind

INK = "#1F3864"
ACCENT = "#9C5700"
BAND = "#DCE3EE"
TYPED = "#FFF8E1"
_FRAME = "#BF9000"

_MIDDLE = {"valign": "vcenter"}
_IN_FRAME = {"bg_color": TYPED, "border": 1, "border_color": _FRAME}  # seen without colour too
_TEXT = {**_MIDDLE, "align": "left", "indent": 1}  # keeps words away from the numbers of the column before
_LINE = {"bottom": 1, "bottom_color": "#DDE1E8"}
_HEADER = {"bold": True, "text_wrap": True, "valign": "vcenter"}
_DARK = {**_HEADER, "font_color": "#FFFFFF", "bg_color": INK}
_LIGHT = {**_HEADER, "font_color": INK, "bg_color": BAND}

FORMATS: dict[str, dict[str, object]] = {
    "text": _TEXT,
    "wrapped": {**_TEXT, "text_wrap": True},
    "date": {**_TEXT, "num_format": "yyyy-mm-dd;;;@"},  # an empty cell looked up is 0, which is no day
    "label": {**_TEXT, "bold": True},
    "link": {**_TEXT, "font_color": "#0563C1", "underline": 1},
    "number on the left": {**_TEXT, "num_format": "#,##0"},
    "price on the left": {**_TEXT, "num_format": "$#,##0.00"},
    "shares": {**_MIDDLE, "num_format": "#,##0;[Red]-#,##0"},
    "change": {**_MIDDLE, "num_format": "#,##0"},
    "plain": {**_MIDDLE, "num_format": "0"},
    "days": {**_MIDDLE, "num_format": '#,##0;"overdue "#,##0;"today"'},
    "dollars": {**_MIDDLE, "num_format": "$#,##0.00"},
    "price": {**_MIDDLE, "num_format": "$#,##0.00####"},  # prices of 1999 were quoted in sixteenths
    "linked price": {**_MIDDLE, "num_format": "$#,##0.00####"},
    "linked date": {**_MIDDLE, "num_format": "yyyy-mm-dd", "align": "right"},
    "total shares": {**_MIDDLE, "num_format": "#,##0", "bold": True, "top": 1},
    "total dollars": {**_MIDDLE, "num_format": "$#,##0.00", "bold": True, "top": 1},
    "typed text": {**_TEXT, **_IN_FRAME},
    "typed number": {**_TEXT, **_IN_FRAME, "num_format": "#,##0"},
    "typed price": {**_TEXT, **_IN_FRAME, "num_format": "$#,##0.00####"},
    "typed date": {**_TEXT, **_IN_FRAME, "num_format": "yyyy-mm-dd"},
    "header": {**_DARK, "align": "left", "indent": 1},
    "header of numbers": {**_DARK, "align": "center"},
    "spill header": {**_LIGHT, "align": "left", "indent": 1},
    "spill header of numbers": {**_LIGHT, "align": "center"},
    "title": {"font_name": "Cambria", "font_size": 18, "font_color": INK},
    "section": {
        **_MIDDLE,
        "font_name": "Cambria",
        "font_size": 13,
        "font_color": INK,
        "bottom": 1,
        "bottom_color": INK,
    },
    "step": {**_MIDDLE, "align": "center", "bold": True, "font_color": INK},
    "value": _TEXT,
    "status": {**_TEXT, "bold": True},
    "instruction": {**_TEXT, "text_wrap": True},
    "function": {**_TEXT, "bold": True, "text_wrap": True},
    "argument": {**_MIDDLE, "align": "left", "indent": 3, "text_wrap": True},
    "reached": {"bold": True, "font_color": "#9C0006"},
    "approaching": {"italic": True, "bold": True, "font_color": ACCENT},
    "overdue": {"bold": True, "font_color": "#9C0006", "num_format": '#,##0;"overdue "#,##0'},
    "soon": {"italic": True, "bold": True, "font_color": ACCENT, "num_format": '"soon "#,##0;;"today"'},
    "note": {"italic": True, "font_color": "#595959"},
    "paragraph": {**_MIDDLE, "align": "left", "text_wrap": True},
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


_NUMBERS = frozenset({"shares", "change", "plain", "days", "dollars", "price"})


def header_style(style: str, *, spilled: bool = False) -> str:
    """The style of the heading above a column of that style."""
    return f"{'spill ' if spilled else ''}header{' of numbers' if style in _NUMBERS else ''}"


IN_TABLES = frozenset({"text", "wrapped", "date", "function", "argument", "link"} | _NUMBERS)
"""Styles that draw a thin line below each row."""
BELOW = "below "
"""Before the name of a style: how cells below a result look, which it may come to fill; without the line."""


def add_formats(workbook: Any) -> dict[str, Any]:
    """Every style by name, in a workbook of xlsxwriter."""
    lined = {name: {**look, **_LINE} if name in IN_TABLES else look for name, look in FORMATS.items()}
    below = {f"{BELOW}{name}": FORMATS[name] for name in sorted(IN_TABLES)}
    return {name: workbook.add_format(properties) for name, properties in {**lined, **below}.items()}
