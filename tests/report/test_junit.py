"""JUnit XML: read by another program's parser, held against the rules of Jenkins and Surefire."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped, TestSuite

from plansheet.core.rule import Severity
from plansheet.report.junit import write_junit
from plansheet.workbook.checked import Checked
from report.runs import HOSTILE, Batch, attached, clean, everything, faulty, finding, locked, of, warning, written


def read(run: Batch | Checked) -> list[TestSuite]:
    return list(JUnitXml.fromstring(written(write_junit, run).encode("ascii")))


def outcomes(suite: TestSuite) -> list[tuple[str, list[type]]]:
    return [(case.name, [type(each) for each in case.result]) for case in suite]


def test_a_clean_workbook_is_a_test_that_passes() -> None:
    [suite] = read(clean())
    assert suite.name == "clean.xlsx"
    assert outcomes(suite) == [("clean", [])]


def test_a_finding_is_a_failure() -> None:
    [suite] = read(faulty(finding(), finding(cell="D3", message="Recorded 1.")))
    assert outcomes(suite) == [("ISO001 Vesting!D2", [Failure]), ("ISO001 Vesting!D3", [Failure])]
    [case, _] = suite
    [failure] = case.result
    assert failure.message == "error: Recorded 9,999 ISO, it is 10,000. Enter 10,000."
    assert failure.text.splitlines() == [
        "Vesting!D2: Recorded 9,999 ISO, it is 10,000.",
        "Enter 10,000.",
        "plan §11(c); IRC §422(d)",
    ]


def test_a_warning_that_does_not_count_is_shown_and_fails_nothing() -> None:
    [suite] = read(faulty(warning()))
    assert outcomes(suite) == [("clean", []), ("SPLIT002 Vesting!H2", [Skipped])]
    [counted] = read(replace(faulty(warning()), fail_on=Severity.WARNING, verdict="findings", has_findings=True))
    assert outcomes(counted) == [("SPLIT002 Vesting!H2", [Failure])]


def test_what_could_not_be_checked_is_an_error() -> None:
    [suite] = read(locked())
    assert outcomes(suite) == [("checked", [Error])]
    [[error]] = [case.result for case in suite]
    assert error.type == "password"
    assert "protected by a password" in error.message
    assert "save a copy without it" in error.text.lower()


def test_what_was_not_checked_beside_is_skipped() -> None:
    mailed = read(everything())[1]
    assert outcomes(mailed)[-1] == ("not checked: the ledger on Old", [Skipped])
    told = ET.fromstring(written(write_junit, everything())).findtext("testsuite[2]/system-out") or ""
    assert "rules not checked for lack of columns: TERM003" in told
    assert "mail from Ann Ash <ann@issuer.example>, subject Ledgers for March" in told


def test_two_findings_of_one_cell_are_two_tests() -> None:
    [suite] = read(faulty(finding(), finding(message="Recorded another.")))
    assert [case.name for case in suite] == ["ISO001 Vesting!D2", "ISO001 Vesting!D2 (2)"]


def test_jenkins_shows_a_workbook_as_a_class_of_one_package() -> None:
    assert {case.classname for suite in read(everything()) for case in suite if "." in case.classname[10:]} == set()
    [case] = read(Batch([attached(clean(), "v1.2 (1).xlsx")]))[0]
    assert case.classname == "plansheet.in/march_eml > v1_2 (1)_xlsx"


def test_what_was_left_and_an_interrupted_run_are_told() -> None:
    *_, left, run = read(everything())
    assert outcomes(left) == [("is a workbook", [Skipped])]
    assert outcomes(run) == [("was finished", [Error])]


COUNTED = {"failure": "failures", "error": "errors", "skipped": "skipped"}


@pytest.mark.parametrize("run", [everything(), Batch([]), Batch([of(clean())])], ids=["all", "none", "one"])
def test_the_rules_of_jenkins_and_surefire(run: Batch) -> None:
    root = ET.fromstring(written(write_junit, run))
    assert root.tag == "testsuites"
    total: Counter[str] = Counter()
    for suite in root:
        cases = suite.findall("testcase")
        counts = {name: str(len(suite.findall(f"testcase/{tag}"))) for tag, name in COUNTED.items()}
        assert suite.attrib == {"name": suite.get("name"), "tests": str(len(cases)), **counts, "time": "0"}
        assert [child.tag for child in suite] in (["testcase"] * len(cases), ["testcase"] * len(cases) + ["system-out"])
        assert len({case.get("name") for case in cases}) == len(cases) > 0
        for case in cases:
            assert set(case.attrib) - {"file"} == {"classname", "name", "time"}
            assert all(child.get("message") and child.get("type") for child in case)
            assert len(case) <= 1
        total.update({name: int(suite.attrib[name]) for name in ("tests", *COUNTED.values())})
    assert {name: int(root.attrib[name]) for name in ("tests", *COUNTED.values())} == {
        name: total[name] for name in ("tests", *COUNTED.values())
    }


def test_what_xml_forbids_is_left_out() -> None:
    text = written(write_junit, everything())
    assert text.isascii()
    hostile = read(everything())[3]
    assert hostile.name.startswith("a [2J b")
    assert hostile.name.endswith("""<&"'>.xlsx""")
    assert not re.search(r"&#(?:0|27|8206|8238|55296|65534);", text)
    assert HOSTILE not in text
