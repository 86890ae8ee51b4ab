"""What a cell is read as, and the sentence for one that cannot be read."""

import pytest

from plansheet.excel.reading import BadCell, as_date


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("03/04/05", " (day or month first cannot be told)"),
        ("3.4.2005", " (day or month first cannot be told)"),
        ("10-Feb-2003", ""),
        ("soon", ""),
    ],
)
def test_a_text_is_no_date_and_says_why(text: str, why: str) -> None:
    with pytest.raises(BadCell) as caught:
        as_date(text)
    assert str(caught.value) == (f'holds the text "{text}", not a date{why}; enter a date, or text such as 2005-04-03')
