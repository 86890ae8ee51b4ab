"""Compare two folders of built files: the same files, and in each the same parts with the same bytes once inflated.

    python same-parts.py FIRST SECOND
    python same-parts.py --kept KEPT BUILT      every file of KEPT that BUILT has, too

How a part was deflated does not count: that changes with the zlib of the machine. A kept file that was built with other
releases of xlwings or XlsxWriter cannot be compared; that is said, and is no failure. Exit 0 when all is the same.
"""

import re
import sys
import zipfile
from pathlib import Path

LIBRARIES = ("xlwings", "XlsxWriter")


def files(folder: Path) -> dict[str, Path]:
    """The files below a folder, by their path in it."""
    return {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}


def parts(path: Path) -> dict[str, bytes]:
    """A container's parts, inflated, in the order in which they stand; a plain file is one part."""
    if not zipfile.is_zipfile(path):
        return {"its text": path.read_bytes()}
    with zipfile.ZipFile(path) as container:
        return {name: container.read(name) for name in container.namelist()}


def built_with(path: Path) -> dict[str, str]:
    """The releases that a workbook says it was built with."""
    properties = parts(path).get("docProps/custom.xml", b"").decode()
    named = dict(re.findall(r'name="(\w+)"><vt:lpwstr>([^<]*)<', properties))
    return {library: named[library] for library in LIBRARIES if library in named}


def differences(one: dict[str, Path], two: dict[str, Path]) -> list[str]:
    """What differs between two builds, a sentence each."""
    found = [f"{name}: built only once" for name in sorted(one.keys() ^ two.keys())]
    for name in sorted(one.keys() & two.keys()):
        left, right = parts(one[name]), parts(two[name])
        if list(left) != list(right):
            found.append(f"{name}: its parts are not the same or stand in another order")
        found += [f"{name}: {part} differs" for part in left.keys() & right.keys() if left[part] != right[part]]
    return found


def of_the_same_libraries(kept: dict[str, Path], built: dict[str, Path]) -> dict[str, Path]:
    """The kept files that can be compared; says of the others why not."""
    comparable = {}
    for name, path in kept.items():
        before, now = built_with(path), built_with(built[name]) if name in built else {}
        if before == now:
            comparable[name] = path
        else:
            print(f"{name}: not compared; kept from {before}, built here with {now}.")
    return comparable


def main(*arguments: str) -> int:
    """Print what differs; folders without a file are a failure too, for then nothing was compared."""
    one, two = (files(Path(folder)) for folder in arguments[-2:])
    if arguments[0] == "--kept":
        one.pop("README.md", None)
        one = of_the_same_libraries(one, two)
        two = {name: path for name, path in two.items() if name in one}
    found = differences(one, two) if one else [f"{arguments[-2]} has nothing to compare"]
    print("\n".join(sorted(found)) or f"{len(one)} files: every part is the same")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
