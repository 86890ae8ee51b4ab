"""Excel's errors, and that a sentence beside one says what to do."""

import re

ERROR_CELLS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")
ORDERS = re.compile(
    r"\b(add|choose|correct|delete|enter|give|leave|list|name|put|remove|rename|select|set|sort|swap|take|type|use|write)\b"
)


def plain(text: str) -> str:
    return re.sub(r"[\s_]+", " ", text).lower()


def assert_sentence(message: object, *needles: str) -> None:
    assert isinstance(message, str)
    said = plain(message)
    assert [needle for needle in needles if plain(needle) not in said] == [], message
    assert ORDERS.search(said), f"says not what to do: {message}"
    assert not re.search(r"\binvalid\b|traceback|exception|\w(error|warning)\b", said), message
