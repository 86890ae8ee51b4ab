"""Files of terms: the option --terms of several commands, and plansheet terms, which writes files to copy from."""

import argparse
from importlib.resources import files
from pathlib import Path

from plansheet.cli.printing import UsageError, not_written, print_text, read_file
from plansheet.plan.terms import Terms, UnusableTerms, read_terms

_WRITTEN = {
    "atg_1996.toml": "the terms that hold where no others are given",
    "example_2008.toml": "an invented plan with its own sections, to copy and change",
}


def add_terms(parser: argparse.ArgumentParser, what: str) -> None:
    """The option --terms."""
    parser.add_argument("--terms", metavar="FILE", help=what)


def terms_given(parsed: argparse.Namespace) -> Terms | None:
    """The terms of --terms, if it was given."""
    return read_file("--terms", parsed.terms, read_terms, UnusableTerms) if parsed.terms else None


def add_terms_files(parser: argparse.ArgumentParser) -> None:
    """The command terms."""
    parser.add_argument("folder", metavar="DIR", nargs="?", default=".", help="where to write (this folder)")
    parser.set_defaults(run=_write)


def _write(parsed: argparse.Namespace) -> int:
    folder = Path(parsed.folder)
    texts = {folder / name: files("plansheet.plan").joinpath(name).read_bytes() for name in _WRITTEN}
    try:
        if there := [path for path, text in texts.items() if path.exists() and path.read_bytes() != text]:
            raise UsageError(f"{there[0]} is there already and is not as it is written; name another folder")
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            path.write_bytes(text)
    except OSError as error:
        raise not_written(folder, error, "folder") from error
    return print_text("".join(f"{folder / name}: {what}\n" for name, what in _WRITTEN.items()))
