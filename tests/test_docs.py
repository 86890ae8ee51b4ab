"""The pages of docs: links lead somewhere, commands and formulas are real ones, examples calculate as shown."""

from __future__ import annotations

import dataclasses
import datetime as dt
import inspect
import re
import shlex
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl.utils import FORMULAE

from desktop.computers import XLWINGS, pc
from examples import Example, assert_calculated, examples_in
from plansheet.cli.commands import parser
from plansheet.core import words
from plansheet.core.records import RECORDS, Column, columns
from plansheet.desktop.configuration import NAME
from plansheet.desktop.doctor import doctor
from plansheet.desktop.machine import AddIn, Configuration, Excel, Machine, Macros, Python, Versions, Xlwings
from plansheet.excel import FUNCTIONS, ISO_LIMIT_WHY, POOL_AVAILABLE, SENTENCES_IN_CELLS
from plansheet.excel.manual import ALL_RULES
from plansheet.plan.terms import atg_1996
from plansheet.report.manual import SECTIONS, column_list_markdown, rule_list_markdown
from plansheet.template import PRODUCTS, build_existing
from plansheet.template.vba_of_xlwings import shipped, xlwings_module
from plansheet.workbook.checks import Options, check
from plansheet.workbook.formulas.expressions import SPILL, Call, Node, NotChecked, called, parse, plan_name, shown_name
from plansheet.workbook.reading.reader import read
from sections import sections_table

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
EXISTING_SHEETS, TROUBLESHOOTING = DOCS / "existing-sheets.md", DOCS / "troubleshooting.md"
EACH_PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
FENCE = re.compile(r"^ *```\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`]+)`")


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def fences(text: str) -> list[str]:
    """What stands between lines of ```, without the indent that it has in a list."""
    return [inspect.cleandoc(f"\n{block}") for block in FENCE.findall(text)]


def spans(text: str) -> list[str]:
    """What stands between single backticks; a line may end in it."""
    return [" ".join(code.split()) for code in CODE.findall(FENCE.sub("", text))]


def codes(text: str) -> list[str]:
    """Every piece of code: each line of a block, and what stands between backticks."""
    return [*(line for block in fences(text) for line in block.splitlines()), *spans(text)]


# --- links ------------------------------------------------------------------------------------------------------------


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE)
    slugs = [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]
    assert len(set(slugs)) == len(slugs), "two headings of a page have one anchor"
    return set(slugs)


def dead_links(text: str, page: Path) -> list[str]:
    """Links to a file that is not there, or to a heading that it does not have."""
    dead = []
    for target in re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", text)):
        name, _, anchor = target.partition("#")
        if "://" in name:
            continue
        to = page.parent / name
        there = text if not name else text_of(to) if to.suffix == ".md" and to.is_file() else ""
        if (name and not to.is_file()) or (anchor and anchor not in anchors(there)):
            dead.append(target)
    return dead


@EACH_PAGE
def test_links_lead_somewhere(page: Path) -> None:
    assert dead_links(text_of(page), page) == []


def test_a_dead_link_is_seen() -> None:
    text = (
        "# One\n[a](#one) [b](#two) [c](excel-lite.md#step-by-step) [d](excel-lite.md#no) [e](no.md) [f](https://x.y)"
    )
    assert dead_links(text, DOCS / "new.md") == ["#two", "excel-lite.md#no", "no.md"]


def test_the_index_names_every_page() -> None:
    index = text_of(DOCS / "README.md")
    assert [page.name for page in DOCS.glob("[!R]*.md") if f"]({page.name})" not in index] == []


@pytest.mark.parametrize("page", [EXISTING_SHEETS, TROUBLESHOOTING], ids=lambda page: page.name)
def test_a_table_of_contents_is_complete_and_in_order(page: Path) -> None:
    listed = re.findall(r"^- \[(.+)\]\(#", text_of(page), re.MULTILINE)
    headings = re.findall(r"^## (.+)$", text_of(page), re.MULTILINE)
    assert [title.strip('"') for title in listed] == [heading.replace('"', "") for heading in headings]


# --- the text itself --------------------------------------------------------------------------------------------------


def too_long(text: str) -> list[str]:
    """Lines over 120 characters, but for what a program prints and the rows of tables, which cannot be folded."""
    lines = FENCE.sub("", text).splitlines()
    return [line for line in lines if len(line) > 120 and not line.startswith("|")]


OF_ONE_MACHINE = re.compile(r"/(?:home|root|tmp|work|opt)/|/Users/|[A-Z]:\\Users\\|pypi|index-url", re.IGNORECASE)


@EACH_PAGE
def test_lines_are_short(page: Path) -> None:
    assert too_long(text_of(page)) == []


@EACH_PAGE
def test_nothing_is_of_one_machine(page: Path) -> None:
    assert OF_ONE_MACHINE.findall(text_of(page)) == []


def test_a_long_line_and_a_path_are_seen() -> None:
    assert too_long(f"```\n{'x' * 130}\n```\n{'y' * 121}\n{'z' * 120}\n| {'x' * 130} |") == ["y" * 121]
    assert OF_ONE_MACHINE.search("look into /home/ada/plans")
    assert OF_ONE_MACHINE.search(r"look into C:\Users\ada")
    assert not OF_ONE_MACHINE.search(r"look into %USERPROFILE%\.plansheet or C:\plans")


# --- commands and files -----------------------------------------------------------------------------------------------


def commands(text: str) -> list[str]:
    return [
        code for code in codes(text) if re.match(r"plansheet [a-z-]", code) and not code.startswith("plansheet does")
    ]


def is_command(line: str) -> bool:
    """Whether it can be typed; a command's name alone is one without what it is to work on."""
    arguments = shlex.split(line)[1:]
    for typed_in in (arguments, [*arguments, "ISO001"])[: 2 if len(arguments) == 1 else 1]:
        with suppress(SystemExit):  # how argparse refuses
            return callable(parser().parse_args(typed_in).run)
    return False


COMMANDS = sorted({line for page in PAGES for line in commands(text_of(page))})


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_is_one(line: str) -> None:
    assert is_command(line)


def test_what_is_no_command_is_seen() -> None:
    assert commands("`plansheet chek a` and\n\n   ```\n   plansheet check --formats x\n   ```\n") == [
        "plansheet check --formats x",
        "plansheet chek a",
    ]
    assert not is_command("plansheet chek a")
    assert not is_command("plansheet check --formats x")
    assert not is_command("plansheet chek")
    assert not is_command("plansheet check --select ISO")
    assert {line.split()[1] for line in COMMANDS} >= {"doctor", "install", "uninstall", "template", "demo", "check"}


NAMES_OF_OURS = {*PRODUCTS, NAME, "plansheet.excel", "plansheet.frames", "plansheet.udfs"}


@EACH_PAGE
def test_every_file_of_ours_that_is_named_is_built(page: Path) -> None:
    named = {code for code in spans(text_of(page)) if re.fullmatch(r"plansheet[\w-]*\.\w+", code)}
    assert named - NAMES_OF_OURS == set()


# --- formulas ---------------------------------------------------------------------------------------------------------

NEWER = frozenset({SPILL, "CHOOSECOLS", "FILTER", "LAMBDA", "LET"})
"""What is younger than openpyxl's list of Excel's functions; the # of a spill is one in a file."""
FORMULA = re.compile(r"(?:[A-Z]+[0-9]+: )?(=.+)")


def formulas_of(text: str) -> list[str]:
    """Every formula, without the cell before it; what is left out as ... is no argument."""
    found = [match[1] for code in codes(text) if (match := FORMULA.fullmatch(code))]
    return [formula.replace("(...)", "()") for formula in found]


def calls(node: object) -> Iterator[Call]:
    if isinstance(node, Call):
        yield node
    if dataclasses.is_dataclass(node):
        for each in dataclasses.fields(node):
            value = getattr(node, each.name)
            for part in value if isinstance(value, tuple) else (value,):
                yield from calls(part)


def wrong_in(formula: str) -> list[str]:
    """Functions that do not exist, and those of ours with too few or too many arguments."""
    if "; " in formula:  # as a Windows with decimal commas shows it
        formula = formula.replace("; ", ", ")
    try:
        names, tree = called(formula), parse(formula)
    except NotChecked as refused:
        return [f"{formula} is not understood: {refused.reason}"]
    unknown = [
        name for name in names if plan_name(name, FUNCTIONS) is None and shown_name(name) not in FORMULAE | NEWER
    ]
    return [*unknown, *_wrong_arguments(tree)]


def _wrong_arguments(tree: Node) -> Iterator[str]:
    for call in calls(tree):
        name = plan_name(call.name, FUNCTIONS)
        if name is not None and call.arguments:  # =NAME(...) leaves them to the reader
            try:
                inspect.signature(FUNCTIONS[name]).bind(*call.arguments)
            except TypeError as wrong:
                yield f"{name}: {wrong}"


ALL_FORMULAS = sorted({formula for page in PAGES for formula in formulas_of(text_of(page))})


LEFT_OUT = {
    "=CreateGUID()", "=GetConfigFilePath()", "=XLPyCommand()", '=GetConfigFromFile("C:\\x.txt","a")', "=XLPy()",
}  # fmt: skip
"""Procedures of xlwings' VBA that no cell may reach: the checklist has them typed in, to see that."""


@pytest.mark.parametrize("formula", [f for f in ALL_FORMULAS if f.endswith(")") and "..." not in f])
def test_every_function_of_a_formula_exists(formula: str) -> None:
    assert (wrong_in(formula) == []) == (formula not in LEFT_OUT)


@pytest.mark.parametrize("formula", sorted(LEFT_OUT))
def test_what_no_cell_may_reach_is_there_in_xlwings_and_not_public_here(formula: str) -> None:
    name = formula[1:].partition("(")[0]
    head = re.compile(rf"^(Public |Private )?Function {name}\(", re.MULTILINE)
    assert formula in ALL_FORMULAS
    assert len(head.findall(shipped("xlwings.bas"))) == 1
    ours = xlwings_module()
    assert "\nOption Private Module\n" in ours
    assert set(head.findall(ours)) <= {"Public " if name == "XLPy" else "Private "}  # which our other modules call


def test_what_is_wrong_in_a_formula_is_seen() -> None:
    assert wrong_in("=ISO_SPLIT(A1:A2)") == ["ISO_SPLIT"]
    assert wrong_in("=SUMM(A1:A2)") == ["SUMM"]
    assert wrong_in("=SUM(ADJUST_FOR_SPLIT(A1:A2, B1:B2, 3))") == [
        "ADJUST_FOR_SPLIT: missing a required argument: 'split_old'"
    ]
    assert wrong_in("=ADJUST_FOR_SPLIT(A2:A3; B2:B3; 3; 2)") == []
    assert formulas_of('`F2: =POOL_AVAILABLE(0, A1, B1, , , , , "ISO")` and `=SUM(...)`') == [
        '=POOL_AVAILABLE(0, A1, B1, , , , , "ISO")',
        "=SUM()",
    ]


def known_words() -> set[str]:
    lists = [each for each in vars(words).values() if isinstance(each, type) and issubclass(each, words.Word)]
    return {member.name for each in lists if each is not words.Word for member in each}


OTHER_NAMES = {"INTERPRETER_WIN"}
"""A setting of xlwings."""


@EACH_PAGE
def test_every_name_in_capitals_is_a_function_or_a_word(page: Path) -> None:
    named = {code for code in spans(text_of(page)) if re.fullmatch(r"[A-Z]+(?:_[A-Z]+)+", code)}
    assert named - set(FUNCTIONS) - known_words() - OTHER_NAMES == set()


# --- worked examples --------------------------------------------------------------------------------------------------


EXAMPLES = [example for page in PAGES[1:] for example in examples_in(text_of(page))]


def name_of(example: Example) -> str:
    return re.sub(r"\W+", " ", next(iter(example.formulas.values()))).strip()[:40]


@pytest.mark.parametrize("example", EXAMPLES, ids=name_of)
def test_the_figures_of_an_example_are_calculated(example: Example, tmp_path: Path) -> None:
    assert_calculated(example, tmp_path)


def with_a_wrong_figure(example: Example) -> Example:
    return Example({**example.cells, min(example.formulas): -1.0}, example.formulas)


@pytest.mark.parametrize("example", EXAMPLES, ids=name_of)
def test_a_wrong_figure_is_seen(example: Example, tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        assert_calculated(with_a_wrong_figure(example), tmp_path)


def test_the_examples_are_those_meant() -> None:
    used = [plan_name(name, FUNCTIONS) for e in EXAMPLES for f in e.formulas.values() for name in called(f)]
    assert {name for name in used if name} >= {
        "ISO_LIMIT_SPLIT",
        "ISO_LIMIT_BY_GRANT",
        "POOL_AVAILABLE",
        "MERGER_CASHOUT",
    }
    called_too = {name.rpartition(".")[2] for e in EXAMPLES for f in e.formulas.values() for name in called(f)}
    assert called_too >= {"FILTER", "LET", "CHOOSECOLS"}


# --- what is said of existing sheets ----------------------------------------------------------------------------------


def test_the_check_recognises_the_first_example_as_it_says(tmp_path: Path) -> None:
    example = examples_in(text_of(EXISTING_SHEETS))[0]
    path = tmp_path / "cap table.xlsx"
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as workbook:
        worksheet = workbook.add_worksheet()
        for at, formula in example.formulas.items():
            worksheet.write_dynamic_array_formula(f"{at}:I5", formula, None, example.cells[at])
        for at, cell in example.cells.items():
            if at not in example.formulas:
                worksheet.write(at, cell)
    checked = check(path, Options(as_of=dt.date(2026, 1, 5)))
    said = [block for block in fences(text_of(EXISTING_SHEETS)) if "taken for" in block]
    assert said == ["\n".join(checked.taken_for)]
    assert checked.findings == []


def all_columns() -> dict[str, Column]:
    """Every column by its heading; those of the same heading have the same synonyms."""
    return {c.heading: c for record in RECORDS for c in columns(record) if c.synonyms}


def test_the_headings_are_those_that_are_read() -> None:
    listing = text_of(EXISTING_SHEETS).partition("## The headings that are read")[2]
    items = re.findall(r"^- \*\*(.+?)\*\*: ((?:.+\n?)(?:  .+\n?)*)", listing, re.MULTILINE)
    said = {name: tuple(" ".join(text.split()).split(", ")) for name, text in items}
    assert said == {name: column.synonyms for name, column in all_columns().items()}


_DAY, _FIRST = dt.datetime(2024, 3, 1), dt.datetime(2025, 3, 1)
_GOOD = {
    "grant_id": [["CN-1"], ["CN-2"], ["CN-3"]],
    "grant_date": [[_DAY]] * 3,
    "fmv": [[12.0]] * 3,
    "first_exercisable": [[_FIRST]] * 3,
    "shares": [[100.0]] * 3,
}


def why(**changes: object) -> list[str]:
    answer = ISO_LIMIT_WHY(**{**_GOOD, **changes})
    return [row[0] for row in answer] if isinstance(answer, list) else [answer.message]


def sentences() -> set[str]:
    """What the functions say of the mistakes on the page."""
    split = POOL_AVAILABLE(1000.0, [["GRANT"], ["SPLIT"]], [[30.0], [0.125]], [["CN-1"], [None]])
    return {
        *why(shares=[["6,000"], [1.0], [1.0]]),
        *why(fmv=[[12.0], [None], [12.0]]),
        *why(holder=[["Ada"], [None], ["Ada"]]),
        *why(grant_type=[["RSU"], ["ISO"], ["ISO"]]),
        *why(grant_date=[[_DAY]] * 2),
        split.message,
    }


def test_the_sentences_of_errors_are_those_that_the_functions_say() -> None:
    table = text_of(EXISTING_SHEETS).partition("| The sentence | What to do |")[2].partition("\n\n")[0]
    quoted = set(re.findall(r"^\| `(.+?)` \|", table, re.MULTILINE))
    assert len(quoted) == 6
    assert quoted - sentences() == set()


def test_a_text_date_and_a_blank_value_are_refused_as_the_page_of_troubles_says() -> None:
    said = [*why(grant_date=[["03/04/05"], [_DAY], [_DAY]]), *why(fmv=[[0.0], [12.0], [12.0]])]
    for quoted in ('holds the text "03/04/05", not a date (day or month first cannot be told)', "fmv is blank or 0"):
        assert any(quoted in sentence for sentence in said)
        assert quoted in " ".join(text_of(TROUBLESHOOTING).split())


def test_the_tables_that_show_a_sentence_are_named() -> None:
    text = " ".join(text_of(EXISTING_SHEETS).partition("Every error has a sentence")[2].split())
    named = set(re.findall(r"`([A-Z_]+)`", text.partition("in the cell to the right")[0]))
    assert named >= SENTENCES_IN_CELLS | {"OPTIONS_OUTSTANDING"}


def test_a_whole_column_is_refused() -> None:
    assert why(grant_id=[[None]] * 1_048_576)[0].startswith("grant_id has 1,048,576 rows")


def test_the_sample_picks_its_rows_as_the_page_says(tmp_path: Path) -> None:
    path = tmp_path / "existing.xlsx"
    build_existing(path)
    installments = next(s for s in read(path).sheets if s.name == "Installments")
    (picked,) = {c.formula for c in installments.cells.values() if c.formula and c.formula.endswith(",1)")}
    said = next(f for f in formulas_of(text_of(EXISTING_SHEETS)) if f.startswith("=INDEX(Calc!"))
    as_built = said.replace("Calc!$B$2#", "_xlfn.ANCHORARRAY('Calc'!$B$2)").replace(", ", ",")
    assert re.sub(r"Vesting\[\[#Headers\],\[Grant\]\]", "Installments[[#Headers],[Vest date]]", as_built) == picked


# --- the page of rules ------------------------------------------------------------------------------------------------

RULES_PAGE, MARK = DOCS / "rules.md", "<!-- All below is written by python .ci/rules-page.py -->\n\n"


def test_the_page_of_rules_is_what_the_rules_say() -> None:
    written = text_of(RULES_PAGE).partition(MARK)[2]
    page = f"{sections_table()}\n{rule_list_markdown(ALL_RULES, atg_1996())}"
    assert written == page, "write it anew: python .ci/rules-page.py"


def test_the_page_of_columns_is_what_the_records_say() -> None:
    written = text_of(DOCS / "columns.md").partition(MARK)[2]
    assert written == column_list_markdown(ALL_RULES, atg_1996()), "write it anew: python .ci/rules-page.py"
    for record in RECORDS:
        for column in columns(record):
            assert f"| **{column.heading}** (" in written


def test_the_page_of_rules_has_every_rule_once_under_its_section() -> None:
    sections = re.split(r"^## ", text_of(RULES_PAGE).partition(MARK)[2], flags=re.MULTILINE)[1:]
    there = {code: part.split()[0] for part in sections for code in re.findall(r"^### (.+)$", part, re.MULTILINE)}
    assert there == {rule.code: (re.match(r"§\d+", rule.plan) or ["The"])[0] for rule in ALL_RULES}
    numbers = [int(part.split()[0][1:]) for part in sections[:-1]]
    assert numbers == sorted(numbers)


def test_the_sections_of_the_plan_are_all_there() -> None:
    assert len(SECTIONS) == 23
    assert len(set(SECTIONS)) == 23


# --- what doctor says -------------------------------------------------------------------------------------------------


def troubled(folder: Path) -> Iterable[Machine]:
    """A computer for each trouble on the page."""
    python, excel = pc(folder).python, pc(folder).excel
    assert excel is not None
    conf = folder / ".plansheet" / "plansheet.conf"
    yield pc(folder, one_drive=(folder / "OneDrive",))
    yield pc(folder, add_in=AddIn(folder, folder / "plansheet.xlam", Versions(_version(folder), "0.37.9")))
    yield pc(folder, add_in=AddIn(folder))
    yield pc(folder, xlwings=Xlwings(XLWINGS, {}, pywin32=False))
    yield pc(folder, python=Python(python.executable, python.version, 64, virtual=False, store=True))
    yield pc(folder, configuration=Configuration(conf, True, "python.exe", interpreter_exists=False))
    yield pc(folder, configuration=Configuration(conf, True, str(folder / "gone.exe"), interpreter_exists=False))
    yield pc(folder, configuration=Configuration(conf, True, "python.exe", interpreter_exists=True))
    yield pc(folder, excel=Excel(store=True))
    yield pc(folder, excel=dataclasses.replace(excel, dynamic_arrays=False))
    yield pc(folder, excel=dataclasses.replace(excel, dynamic_arrays=None))
    yield pc(folder, home=folder / "\u0141ukasz")
    yield pc(folder, macros=Macros(True, True, True, True, 3, False, True))


def _version(folder: Path) -> str:
    versions = pc(folder).add_in.versions
    assert versions is not None
    assert versions.plansheet is not None
    return versions.plansheet


def doctor_lines(folder: Path) -> set[str]:
    marks = {"WORKS": "ok", "FAILS": "no", "UNKNOWN": "?"}
    return {
        f"{marks[check.state.name]} {check.what} {check.says}"
        for machine in troubled(folder)
        for check in doctor(machine).checks
    }


def quoted_lines(text: str) -> list[str]:
    """The lines of doctor on the page, each as one line with single spaces."""
    blocks = [block for block in fences(text) if re.match(r"(?:ok|no|\?) ", block)]
    lines = [re.sub(r"\n {6,}", " ", block) for block in blocks]
    return [" ".join(line.split()) for block in lines for line in block.splitlines()]


def is_said(quoted: str, said: Iterable[str]) -> bool:
    """Whether doctor says it; what the page leaves out as ... may be anything."""
    pattern = ".*".join(re.escape(part) for part in quoted.split("..."))
    return any(re.fullmatch(pattern, line) for line in said)


def test_doctor_says_what_the_page_of_troubles_quotes(tmp_path: Path) -> None:
    quoted, said = quoted_lines(text_of(TROUBLESHOOTING)), doctor_lines(tmp_path)
    assert len(quoted) > 15
    assert [line for line in quoted if not is_said(line, said)] == []


def test_what_doctor_does_not_say_is_seen(tmp_path: Path) -> None:
    said = doctor_lines(tmp_path)
    assert is_said("no Excel Excel is the one of the Microsoft Store, ...", said)
    assert not is_said("ok Excel Excel is the one of the Microsoft Store, ...", said)
    assert not is_said("no Excel Excel is the one of the Microsoft Shop, ...", said)


def test_every_trouble_has_its_four_parts() -> None:
    parts = ["What you see.", "Why.", "The cure.", "What doctor says."]
    sections = re.split(r"^## ", text_of(TROUBLESHOOTING), flags=re.MULTILINE)[1:]
    assert len(sections) >= 10
    for section in sections:
        assert re.findall(r"^\*\*(.+?)\*\*", section, re.MULTILINE) == parts, section.splitlines()[0]


def test_the_changelog_names_every_rule() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    told = {
        f"{first[:-3]}{number:03}"
        for first, last in re.findall(r"\b([A-Z]+[0-9]{3})(?:\s+to\s+([A-Z]+[0-9]{3}))?", text)
        for number in range(int(first[-3:]), int((last or first)[-3:]) + 1)
    }
    assert told == {rule.code for rule in ALL_RULES}
