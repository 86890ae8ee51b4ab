"""The VBA modules of both projects, for the tests of them."""

from __future__ import annotations

import pytest

from plansheet.template.vba import Host, modules

HOSTS = pytest.mark.parametrize("host", Host)


def source(host: Host, name: str) -> str:
    """A module's text, its lines ended by LF."""
    return {module.name: module.source for module in modules(host, 1)}[name].replace("\r\n", "\n")
