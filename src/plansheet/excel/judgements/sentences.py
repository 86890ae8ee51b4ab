"""How judgements tell rows and values in their sentences."""

from collections.abc import Sequence

from plansheet.core.words import listed

_MOST_ROWS_TOLD = 5


def shown(value: object) -> str:
    """A value for a sentence; of rows, the first."""
    if isinstance(value, list):
        first = value[0] if value else []
        cells = first if isinstance(first, list) else [first]
        rest = f" and {len(value) - 1:,} more rows" if len(value) > 1 else ""
        return " | ".join(shown(cell) for cell in cells) + rest
    if value is None or value == "":
        return "nothing"
    if isinstance(value, float):
        return format(value, ",.15g")
    if hasattr(value, "date"):
        return f"{value.date()}"
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def rows_text(rows: Sequence[int]) -> str:
    """Rows by their numbers, the first five: row 3; rows 3 and 4; rows 3, 4, 5, 6, 7 and 12 more."""
    if len(rows) == 1:
        return f"row {rows[0]}"
    if len(rows) > 2 and rows[-1] - rows[0] == len(rows) - 1:
        return f"rows {rows[0]} to {rows[-1]}"
    told = [str(row) for row in rows[:_MOST_ROWS_TOLD]]
    more = len(rows) - len(told)
    return f"rows {listed([*told, f'{more:,} more'] if more else told)}"


def counted(number: int, noun: str) -> str:
    """A number with its noun: 1 formula, 1,000 formulas."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
