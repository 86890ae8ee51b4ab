"""Builds plansheet's own files: the add-in, the templates of each route, the LibreOffice extension, the samples."""

from plansheet.template.build import (
    PRODUCTS,
    THEIRS,
    build_add_in,
    build_existing,
    build_products,
    build_sample,
    build_starter,
)
from plansheet.template.excel_files import versions_in

__all__ = [
    "PRODUCTS",
    "THEIRS",
    "build_add_in",
    "build_existing",
    "build_products",
    "build_sample",
    "build_starter",
    "versions_in",
]
