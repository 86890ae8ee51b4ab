"""Compare two folders of built workbooks: the same files, and in each the same parts with the same bytes once inflated.

    python same-parts.py FIRST SECOND

How a part was deflated does not count: that changes with the zlib of the machine. Exit 0 when all is the same.
"""

import sys
import zipfile
from pathlib import Path


def workbooks(folder: Path) -> dict[str, Path]:
    """The zip containers below a folder, by their path in it."""
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and zipfile.is_zipfile(path)
    }


def parts(path: Path) -> dict[str, bytes]:
    """A container's parts, inflated; the order in which they stand in the file is kept."""
    with zipfile.ZipFile(path) as container:
        return {name: container.read(name) for name in container.namelist()}


def differences(first: Path, second: Path) -> list[str]:
    """What differs between two builds, a sentence each."""
    one, two = workbooks(first), workbooks(second)
    found = [f"{name}: built only once" for name in sorted(one.keys() ^ two.keys())]
    for name in sorted(one.keys() & two.keys()):
        left, right = parts(one[name]), parts(two[name])
        if list(left) != list(right):
            found.append(f"{name}: its parts are not the same or stand in another order")
        found += [f"{name}: {part} differs" for part in left.keys() & right.keys() if left[part] != right[part]]
    return found


def main(first: str, second: str) -> int:
    """Print what differs; a folder without a workbook is a failure too, for then nothing was compared."""
    built = len(workbooks(Path(first)))
    found = differences(Path(first), Path(second)) if built else [f"no workbook was built in {first}"]
    print("\n".join(sorted(found)) or f"{built} workbook(s) built twice: every part is the same")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
