"""plansheet's files, built once."""

from __future__ import annotations

import pytest

from plansheet.template import build_products, build_sample
from template.parts.products import ADD_IN_FILE, SAMPLE, WITH_MACROS, WITH_SHEETS
from template.parts.reading import Package


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Package]:
    folder = tmp_path_factory.mktemp("products")
    build_products(folder)
    build_sample(folder / SAMPLE)
    return {name: Package.read(folder / name) for name in (ADD_IN_FILE, *WITH_SHEETS)}


@pytest.fixture(scope="session", params=(ADD_IN_FILE, *WITH_SHEETS))
def product(request: pytest.FixtureRequest, built: dict[str, Package]) -> Package:
    return built[request.param]


@pytest.fixture(scope="session", params=WITH_SHEETS)
def workbook(request: pytest.FixtureRequest, built: dict[str, Package]) -> Package:
    return built[request.param]


@pytest.fixture(scope="session", params=WITH_MACROS)
def with_macros(request: pytest.FixtureRequest, built: dict[str, Package]) -> Package:
    return built[request.param]
