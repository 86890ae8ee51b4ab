"""Sections as another plan numbers them: the rules cite one plan, a terms file maps its sections to another's.

A wrong citation is worse than none: a section that the other plan's file does not name keeps its number and is cited
with the name of the plan that it is of.
"""

import re
from collections.abc import Mapping

_LETTERS = r"\([a-z]+\)"
SECTION = re.compile(rf"§[0-9]{{1,2}}(?:{_LETTERS})*")
"""A section of the plan for which the rules are written: §11(c). The law's have more digits, or a dot."""

_ALONE = rf"{SECTION.pattern}(?!\w|\.\d|\()"
_PIECES = re.compile(
    r'"[^"]*"'  # somebody's words stay as they are
    r"|\b(?:IRC|Code|Regs?\.|Act|Rule) ?§+ ?[\w.\-]+(?:\(\w+\))*(?:(?:,| and| or) §[\w.\-]+(?:\(\w+\))*)*"
    rf"|(?P<sections>{_ALONE}(?:, {_ALONE}|(?<=\)), {_LETTERS}(?!\())*)"
)


def cited(text: str, sections: Mapping[str, str], plan: str) -> str:
    """A text with each section cited as ``sections`` has it; one that it does not name, as a section of ``plan``.

    The longest that is mapped decides: where §11(b) is mapped and §11(b)(i) is not, that is cited as §11(b) is.
    """

    def own(section: str) -> str:
        part_of = section
        while part_of and part_of not in sections:
            part_of = _parent(part_of)
        return sections[part_of] if part_of else f"{plan} {section}"

    def piece(match: re.Match[str]) -> str:
        if match["sections"] is None:
            return match[0]
        listed: list[str] = []
        for section in match["sections"].split(", "):
            # "§2(b)(iii), (iv)": the second is a part of the same.
            listed.append(section if section.startswith("§") else _parent(listed[-1]) + section)
        return ", ".join(dict.fromkeys(map(own, listed)))

    return _PIECES.sub(piece, text)


def _parent(section: str) -> str:
    """What a section is a part of: §11 for §11(c); nothing for §11."""
    return section.rpartition("(")[0]
