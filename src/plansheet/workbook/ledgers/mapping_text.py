"""A mapping as text: what was recognised in a workbook, to be edited."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap

from openpyxl.utils import get_column_letter

from plansheet.core.records import HOLDER_NUMBERS, SCHEDULES, TABLES, heading
from plansheet.workbook.ledgers.areas import PARTS, PLAN, Area, Areas, column_shown

_HEAD = """\
# What plansheet reads in "{name}", ledger by ledger. Correct what is wrong, and check with
#     plansheet check --map FILE "{name}"
# A column is named by its letter or its heading. A sheet that no [[ledger]] names is read as it is found; one with
# table = "ignore" is not read.
"""


def mapping_text(name: str, areas: Areas, questions: Sequence[str]) -> str:
    """The mapping of a workbook; ``questions``: what is left to decide, a sentence each."""
    ledgers = [*areas.terms, *areas.ledgers]
    several = Counter(sheet for sheet, _ in {(area.sheet.name, area.header) for area in ledgers})
    parts = [_HEAD.format(name=name.replace('"', "'"))]
    for area in ledgers:
        with_rows = several[area.sheet.name] > 1 and not area.is_table
        is_empty = with_rows and area.bottom < area.top  # what stands below is another ledger's
        parts.append(_commented(ledger_text(area)) if is_empty else ledger_text(area, with_rows=with_rows))
    if not ledgers:
        parts.append("# No ledger was recognised. Take the marks # away below and fill in what your sheets have.\n")
    if not ledgers and not any(each.draft for each in areas.questions):
        parts.append(_commented(_EXAMPLE))
    for question, draft in zip(questions, (each.draft for each in areas.questions), strict=True):
        said = "\n".join(wrap(f"To decide: {question}", 110, break_long_words=False))
        parts.append(_commented(f"{said}\n{draft}"))
    return "\n".join(parts)


_EXAMPLE = """\
[[ledger]]
sheet = "Sheet1"
table = "Grants"
header = 1

[ledger.columns]
Grant = "A"
"Grant date" = "B"
Shares = "C"
"""


def _commented(text: str) -> str:
    return "".join(f"# {line}\n" if line else "#\n" for line in text.splitlines())


def ledger_text(area: Area, *, with_rows: bool = False, lacking: Sequence[str] = ()) -> str:
    """One [[ledger]]; ``lacking``: headings of columns that it needs and for which none was found."""
    lines = list(_placed(area, with_rows))
    if len(area.parts) == 1 and not area.parts[0].columns and area.parts[0].action is not None:
        lines.append(f'action = "{area.parts[0].action}"')
    lines += ["", "[ledger.columns]"]
    lines += [f'{_key(name)} = "..."  # which column?' for name in lacking]
    lines += _columns(area, area.columns, area.joined)
    if area.holder_number is not None:
        lines.append(_line(area, HOLDER_NUMBERS[0], (area.holder_number,)))
    if area.schedule is not None:
        lines.append(_line(area, SCHEDULES[0], (area.schedule,)))
    lines += [f"# not read: {column_shown(*each)}" for each in area.unused]
    for part in area.parts:
        if part.columns:
            assert area.record is not None
            lines += ["", f"[[ledger.{PARTS[area.record]}]]"]
            lines += [f'action = "{part.action}"'] if part.action is not None else []
            lines += _columns(area, part.columns, {})
    return "\n".join(lines) + "\n"


def _placed(area: Area, with_rows: bool) -> Iterator[str]:
    yield "[[ledger]]"
    if area.is_table:
        yield f"excel_table = {_quoted(area.name)}"
    else:
        yield f"sheet = {_quoted(area.sheet.name)}"
    yield f'table = "{PLAN if area.record is None else TABLES[area.record]}"'
    if not area.is_table:
        yield f"header = {area.header}"
        first = area.top if area.top != area.header + 1 or with_rows else None
        if first is not None:
            yield f'rows = "{first}-{area.bottom}"' if with_rows else f'rows = "{first}-"'


def _columns(area: Area, at: Mapping[str, int], joined: Mapping[str, tuple[int, ...]]) -> Iterator[str]:
    for name, column in sorted(at.items(), key=lambda item: item[1]):
        called = name.title() if area.record is None else heading(area.record, name)
        yield _line(area, called, joined.get(name, (column,)))


def _line(area: Area, called: str, several: Sequence[int]) -> str:
    letters = [f'"{get_column_letter(column)}"' for column in several]
    value = letters[0] if len(letters) == 1 else f"[{', '.join(letters)}]"
    headings = (area.sheet.cells.get((area.header, column)) for column in several)
    said = [" ".join(str(cell.value).split()) for cell in headings if cell is not None]
    return f"{_key(called)} = {value}" + (f"  # {', '.join(map(_printed, said))}" if said else "")


def _key(text: str) -> str:
    return text if text.isascii() and text.isalnum() else _quoted(text)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'


def _printed(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)
