"""Names from archives and mails, made fit to be shown. They are never used to write a file."""

LONGEST = 255


def shown(name: str) -> str:
    """The name on one line, without characters that a terminal obeys or that cannot be written."""
    line = "".join(character if character.isprintable() else "\ufffd" for character in " ".join(name.split()))
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def last_part(name: str) -> str:
    """The name without its folders, whichever system's stroke parts them; for showing."""
    return shown(name.replace("\\", "/").rpartition("/")[2])


class Apart:
    """Names told apart: the second ``ledger.xlsx`` becomes ``ledger.xlsx (2)``."""

    def __init__(self) -> None:
        self._times: dict[str, int] = {}

    def name(self, wanted: str) -> str:
        """``wanted``, or what it is called if there is one of this name already."""
        times = self._times.get(wanted, 0) + 1
        if times == 1:
            self._times[wanted] = 1
            return wanted
        while (name := f"{wanted} ({times})") in self._times:
            times += 1
        self._times[wanted], self._times[name] = times, 1
        return name
