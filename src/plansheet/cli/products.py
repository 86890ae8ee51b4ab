"""plansheet demo, template, install, uninstall and doctor: files for people, and this computer."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from plansheet.cli.printing import CLEAN, FINDINGS, UsageError, not_written, print_text, today
from plansheet.desktop.doctor import doctor
from plansheet.desktop.doctor_forms import doctor_json, doctor_text
from plansheet.desktop.install import CannotInstall, have_configuration, install, uninstall
from plansheet.desktop.machine import Machine, Versions
from plansheet.desktop.reading import read_machine
from plansheet.report.characters import printable
from plansheet.report.json import write_json
from plansheet.report.text import write_text
from plansheet.report.verdicts import Files
from plansheet.template import (
    PRODUCTS,
    THEIRS,
    build_add_in,
    build_existing,
    build_products,
    build_sample,
    versions_in,
)
from plansheet.workbook.checks import Options, check

SAMPLE = "atg-1996-sample.xlsx"
EXISTING = "existing-cap-table.xlsx"


def add_demo(parser: argparse.ArgumentParser) -> None:
    """The command demo."""
    _add_folder(parser, "plansheet-demo")
    parser.set_defaults(run=_demo)


def _add_folder(parser: argparse.ArgumentParser, default: str) -> None:
    parser.add_argument("folder", metavar="DIR", nargs="?", default=default, help="where to write (%(default)s)")


def _demo(parsed: argparse.Namespace) -> int:
    folder = Path(parsed.folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        workbooks = [folder / SAMPLE, folder / EXISTING]
        for path, build in zip(workbooks, (build_sample, build_existing), strict=True):
            _not_open(path)
            build(path)
        run = Files([check(path, Options(as_of=today())) for path in workbooks])
        for name, write in (("check.txt", write_text), ("check.json", write_json)):
            with (folder / name).open("w", encoding="utf-8") as to:
                write(run, to)
        report = (folder / "check.txt").read_text(encoding="utf-8")
    except OSError as error:
        raise not_written(folder, error, "folder") from error
    return print_text(
        f"{report}\n"
        "The people and grants of the sample are invented; its mistakes were planted to be found.\n"
        f"{workbooks[0]}: the sample workbook\n"
        f"{workbooks[1]}: the functions in a cap table that was there before\n"
        f"{folder / 'check.txt'}: this report\n"
        f"{folder / 'check.json'}: the same as JSON\n"
    )


def _not_open(path: Path) -> None:
    """Raises OSError for a file that is open in Excel, which nobody else may write to then."""
    if path.exists():
        path.open("ab").close()


def add_template(parser: argparse.ArgumentParser) -> None:
    """The command template."""
    _add_folder(parser, "plansheet-template")
    parser.add_argument("--force", action="store_true", help="write over files that may have been filled in")
    parser.set_defaults(run=_template)


def _template(parsed: argparse.Namespace) -> int:
    folder = Path(parsed.folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory() as elsewhere:
            built = build_products(Path(elsewhere))
            if not parsed.force:
                _keep_filled_in(built, folder)
            for file in built:
                _not_open(folder / file.name)
            for file in built:
                copyfile(file, folder / file.name)
    except OSError as error:
        raise not_written(folder, error, "folder, or close the file where it is open") from error
    print_text("".join(f"{folder / name}: {text}\n" for name, text in PRODUCTS.items()))
    return _on_this_computer(have_configuration)


def _keep_filled_in(built: list[Path], folder: Path) -> None:
    """Refuse to write over a file that is another than the one to be written, and may be somebody's work."""
    for file in built:
        there = folder / file.name
        if file.name in THEIRS and there.is_file() and there.read_bytes() not in (b"", file.read_bytes()):
            raise UsageError(
                f"{there} is there already and is not as it is built; it may be your work. Name another folder, or "
                "add --force to write over it"
            )


def add_install(parser: argparse.ArgumentParser) -> None:
    """The command install."""
    parser.set_defaults(run=lambda _: _on_this_computer(lambda machine: install(machine, build_add_in)))


def add_uninstall(parser: argparse.ArgumentParser) -> None:
    """The command uninstall."""
    parser.set_defaults(run=lambda _: _on_this_computer(uninstall))


def _on_this_computer(command: Callable[[Machine], str]) -> int:
    try:
        return print_text(command(_machine()))
    except CannotInstall as why:
        print(printable(str(why)), file=sys.stderr)
        return FINDINGS


def add_doctor(parser: argparse.ArgumentParser) -> None:
    """The command doctor."""
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how it is said (%(default)s)")
    parser.set_defaults(run=_doctor)


def _doctor(parsed: argparse.Namespace) -> int:
    diagnosis = doctor(_machine())
    print_text(doctor_json(diagnosis) if parsed.format == "json" else doctor_text(diagnosis))
    return FINDINGS if diagnosis.exit_code else CLEAN


def _machine() -> Machine:
    return read_machine(versions_inside=_versions_inside)


def _versions_inside(path: Path) -> Versions | None:
    """What an add-in was built from, as it says itself."""
    versions = versions_in(path)
    return None if versions is None else Versions(versions.get("plansheet"), versions.get("xlwings"))
