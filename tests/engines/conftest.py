"""LibreOffice for every engine test that asks for it."""

from __future__ import annotations

import pytest

from engines.office import LibreOffice, NotThere


@pytest.fixture(scope="session")
def libreoffice(tmp_path_factory: pytest.TempPathFactory) -> LibreOffice:
    """LibreOffice with plansheet's extension; ``recalculated(path)`` gives what it saves of a workbook."""
    try:
        return LibreOffice.with_extension(tmp_path_factory.mktemp("libreoffice"))
    except NotThere as missing:
        pytest.skip(f"{missing}: install LibreOffice Calc with its Python (.ci/setup does)")
