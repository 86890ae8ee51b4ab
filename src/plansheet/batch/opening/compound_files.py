"""Compound files (OLE2), opened only where their streams have room in them: a small one may claim terabytes.

The only user of olefile, which is imported where it is needed: most files are none of these.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from plansheet.workbook.reading.unreadable import Unreadable, unreadable


class CompoundFile:
    """The streams of a compound file by their paths."""

    def __init__(self, ole: Any, size: int) -> None:
        self._ole = ole
        self.sizes: dict[tuple[str, ...], int] = {}
        self.storages: set[tuple[str, ...]] = set()
        for path in ole.listdir(streams=True, storages=True):
            if ole.get_type(path) == 2:
                self.sizes[tuple(path)] = ole.get_size(path)
            else:
                self.storages.add(tuple(path))
        if sum(self.sizes.values()) > size:
            raise unreadable("container too large", "its streams claim more bytes than the whole file has")

    def stream(self, path: tuple[str, ...]) -> bytes:
        """The bytes of a stream; none where there is no such stream."""
        if path not in self.sizes:
            return b""
        data: bytes = self._ole.openstream(list(path)).read()
        return data


@contextmanager
def compound_file(file: IO[bytes], kind: str, detail: str) -> Iterator[CompoundFile]:
    """The compound file; whatever goes wrong while it is used is an Unreadable of this kind."""
    import olefile  # here, because most runs meet no such file

    size = file.seek(0, 2)
    file.seek(0)
    try:
        with olefile.OleFileIO(file) as ole:
            yield CompoundFile(ole, size)
    except Unreadable:
        raise
    except Exception as error:  # olefile raises many kinds for chains that lead nowhere, RecursionError among them
        raise unreadable(kind, detail) from error
