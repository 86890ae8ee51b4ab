"""Files that Excel has saved pass the checks of any workbook."""

from __future__ import annotations

from template.parts.any_workbook import OF_ANY_WORKBOOK
from template.parts.checking import Check, each_of, seen
from template.parts.excel_saved import needs_corpus, of_corpus, shipped
from template.parts.reading import Package

FAULTS_OF_EXCEL = {
    ("quickstart_addin.xlam", "relationships"): "to NULL",  # what Excel writes for a part that it has lost
    ("integration_write.xlsm", "code_names"): "code names",  # sheets added on a Mac get theirs when VBA is opened
}
"""File and check: what even a file that Excel has saved has wrong."""


def excused(package: Package, check: Check, fault: str) -> bool:
    return any(
        package.name.endswith(name) and check.__name__ == of and text in fault
        for (name, of), text in FAULTS_OF_EXCEL.items()
    )


@each_of(OF_ANY_WORKBOOK)
def test_what_xlwings_ships_passes_the_checks_of_any_workbook(check: Check) -> None:
    assert {package.name: faults for package in shipped() if (faults := seen(check, package).faults)} == {}


@needs_corpus
@each_of(OF_ANY_WORKBOOK)
def test_what_excel_has_saved_passes_the_checks_of_any_workbook(check: Check) -> None:
    assert len(of_corpus()) > 30
    faults = {
        package.name: wrong
        for package in of_corpus()
        if (wrong := [fault for fault in seen(check, package).faults if not excused(package, check, fault)])
    }
    assert faults == {}
