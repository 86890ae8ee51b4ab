"""A formula that cells share, written out for each of them.

As openpyxl's Translator writes it, but for the sheet before a name, which that leaves out. The Translator takes the
formula apart again for each cell: a sheet of 200,000 such cells took a quarter of a minute. Here it is taken apart
once, and what moves is filled in.
"""

from openpyxl.formula.tokenizer import Token, Tokenizer
from openpyxl.formula.translate import Translator, TranslatorError
from openpyxl.utils import column_index_from_string, get_column_letter


class SharedFormula:
    """The formula (with its = sign) of the cell at ``row`` and ``column``, shared with others.

    Raises TokenizerError or IndexError for what is no formula.
    """

    def __init__(self, formula: str, row: int, column: int) -> None:
        self.row, self.column = row, column
        self.pieces: list[str | tuple[bool, str]] = ["="]
        """Texts that stay, and ends of ranges that move: whether it is a column, and where it is for the first cell."""
        for token in Tokenizer(formula).items:
            if token.type == Token.LITERAL:
                self.pieces = [token.value]
                break
            if token.type == Token.OPERAND and token.subtype == Token.RANGE:
                self._take_range(token.value)
            else:
                self.pieces.append(token.value)
        self._across: int | None = None
        self._text = ""
        self._rows: tuple[int, ...] = ()

    def at(self, row: int, column: int) -> str:
        """The formula as a cell has it; raises TranslatorError where it leaves the sheet."""
        if column - self.column != self._across:
            self._move_across(column - self.column)
        down = row - self.row
        if self._rows and min(self._rows) + down <= 0:
            raise TranslatorError("Formula out of range")
        return self._text % tuple([own + down for own in self._rows])

    def _take_range(self, text: str) -> None:
        sheet, text = Translator.strip_ws_name(text)  # type: ignore[no-untyped-call]  # no stub
        self.pieces.append(sheet)
        if match := Translator.ROW_RANGE_RE.match(text) or Translator.COL_RANGE_RE.match(text):
            self._take(match[1])
            self.pieces.append(":")
            self._take(match[2])
            return
        for at, end in enumerate(text.split(":")):
            self.pieces.extend([":"] if at else [])
            match = Translator.CELL_REF_RE.match(end)
            for part in match.groups() if match else ():
                self._take(part)
            self.pieces.extend([] if match else [end])  # a name

    def _take(self, part: str) -> None:
        """A row, or the letters of a column."""
        self.pieces.append(part if part.startswith("$") else (not part[-1].isdigit(), part))

    def _move_across(self, across: int) -> None:
        """The text for cells that many columns to the right of the first, with a %d for each row that moves."""
        texts, rows = [], []
        for piece in self.pieces:
            if isinstance(piece, str):
                texts.append(piece.replace("%", "%%"))
            elif piece[0]:
                try:
                    texts.append(get_column_letter(column_index_from_string(piece[1]) + across))
                except ValueError as error:
                    raise TranslatorError("Formula out of range") from error
            else:
                texts.append("%d")
                rows.append(int(piece[1]))
        self._across, self._text, self._rows = across, "".join(texts), tuple(rows)
