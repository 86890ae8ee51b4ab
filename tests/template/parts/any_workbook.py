"""The checks of any workbook that Excel is to open unasked: they hold for files that Excel has saved."""

from __future__ import annotations

from template.parts.checking import Check
from template.parts.order import order_of_elements
from template.parts.package import content_types, ids_in_use, relationships
from template.parts.strictness import cells_ascend, counts, indexes, sizes, styles, texts
from template.parts.tables import columns_of_tables, names_of_tables, room_of_tables
from template.parts.workbook import code_names, defined_names, names_of_sheets, titles_of_parts, view_of_an_add_in

OF_ANY_WORKBOOK: tuple[Check, ...] = (
    content_types, relationships, ids_in_use, order_of_elements, cells_ascend, sizes, indexes, styles, texts, counts,
    names_of_tables, columns_of_tables, room_of_tables, names_of_sheets, defined_names, titles_of_parts, code_names,
    view_of_an_add_in,
)  # fmt: skip
