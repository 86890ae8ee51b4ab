"""What a worksheet function is called with, as its docstring says it: one text for every place that shows it."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass

_ARGUMENT = re.compile(r"^    (\w+): (.+(?:\n {5,}.+)*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument: its name, what it is, whether it may be left out."""

    name: str
    text: str
    optional: bool


@dataclass(frozen=True, slots=True)
class Signature:
    """A worksheet function: its Excel name, what it gives, its arguments in order."""

    name: str
    summary: str
    arguments: tuple[Argument, ...]

    def __str__(self) -> str:
        """As Excel's help writes it: NAME(needed, [optional])."""
        return f"{self.name}({', '.join(f'[{a.name}]' if a.optional else a.name for a in self.arguments)})"


def signature_of(function: Callable[..., object]) -> Signature:
    """The first paragraph of a docstring, and the text of each argument under Args."""
    summary, _, rest = (inspect.getdoc(function) or "").partition("\n\n")
    texts = {
        entry[1]: " ".join(entry[2].split())
        for entry in _ARGUMENT.finditer(rest.partition("Args:\n")[2].partition("\n\n")[0])
    }
    arguments = tuple(
        Argument(name, texts.get(name, ""), parameter.default is not inspect.Parameter.empty)
        for name, parameter in inspect.signature(function).parameters.items()
    )
    return Signature(function.__name__, " ".join(summary.split()), arguments)
