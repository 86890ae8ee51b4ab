"""plansheet map writes what is recognised in a workbook as a mapping, which the option --map of check takes."""

import argparse
import sys
from pathlib import Path

from plansheet.cli.printing import CLEAN, UNCHECKED, UsageError, not_written, print_text
from plansheet.excel.layout_questions import sentences
from plansheet.report.characters import printable
from plansheet.workbook.ledgers.locate import locate
from plansheet.workbook.ledgers.mapping_text import mapping_text
from plansheet.workbook.reading.reader import read
from plansheet.workbook.reading.unreadable import Unreadable


def add_map(parser: argparse.ArgumentParser) -> None:
    """The command map."""
    parser.add_argument("workbook", metavar="FILE", help="the workbook; it is not changed")
    parser.add_argument("--output", metavar="FILE", help="where to write the mapping (the screen)")
    parser.set_defaults(run=_map)


def _map(parsed: argparse.Namespace) -> int:
    path = Path(parsed.workbook)
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file; check the path")
    try:
        areas = locate(read(path)).areas
    except Unreadable as unreadable:
        print(f"{printable(str(path))}: {printable(str(unreadable))}", file=sys.stderr)
        return UNCHECKED
    questions = [f"{each.code} {each.sheet}!{each.cell}: {' '.join(sentences(each))}" for each in areas.questions]
    text = mapping_text(path.name, areas, [printable(question) for question in questions])
    if parsed.output is None:
        return print_text(text)
    target = Path(parsed.output)
    try:
        with target.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise not_written(target, error, "file") from error
    print_text(f"{target}: correct it, and check with plansheet check --map {_typed(target)} {_typed(path)}\n")
    return CLEAN


def _typed(path: Path) -> str:
    """A path as it is typed in a terminal: in quotation marks where it has a space."""
    return f'"{path}"' if " " in str(path) else str(path)
