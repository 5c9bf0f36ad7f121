"""Which extractors there are, and how one is made from what `--with` and `--option` say.

A name of `EXTRACTORS`; `module:object`, where the object is an extractor, or is called with the
options and returns one; or a command line with `{input}` and `{output}`.
"""

import inspect
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, get_type_hints

import msgspec

from onrecord.extractors import Extractor
from onrecord.issues import MisuseError, do_you_mean

EXTRACTORS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "rules": "onrecord.extractors.rules:Rules",
        "majority": "onrecord.extractors.stance:Majority",
        "lexicon": "onrecord.extractors.stance:Lexicon",
        "tfidf": "onrecord.extractors.stance:Tfidf",
        "textacy": "onrecord.extractors.textacy_quotes:DirectQuotations",
        "spancat": "onrecord.extractors.span_categorizer:SpanCategorizer",
        "citron": "onrecord.extractors.citron:Citron",
        "huggingface": "onrecord.extractors.token_classification:TokenClassification",
        "chat": "onrecord.extractors.chat:Chat",
    }
)
"""Our own extractors and adapters, by name."""

_PROGRAM: Final = "onrecord.extractors.program:Program"


class Recipe(msgspec.Struct, frozen=True):
    """How to make an extractor; every process that runs it makes its own."""

    with_: str
    options: dict[str, str] = {}

    def check(self) -> None:
        """Raise `MisuseError` for an unknown name or option, before anything heavy is loaded."""
        made = self._object()
        if _makes(made):
            _arguments(made, self._options(), self.with_)
        elif self.options:
            raise MisuseError(f"{self.with_} takes no options: it is made already")

    def make(self) -> Extractor:
        """The extractor, ready; raises whatever its making raises."""
        made = self._object()
        if _makes(made):
            made = made(**_arguments(made, self._options(), self.with_))
        if not callable(getattr(made, "extract", None)) or not getattr(made, "name", None):
            raise MisuseError(f"{self.with_} is no extractor: it needs `name` and `extract`")
        extractor: Extractor = made
        return extractor

    @property
    def _is_program(self) -> bool:
        return "{input}" in self.with_

    def _options(self) -> dict[str, str]:
        return {"command": self.with_, **self.options} if self._is_program else self.options

    def _object(self) -> Any:
        if self._is_program:
            address = _PROGRAM
        elif ":" in self.with_:
            address = self.with_
        elif self.with_ in EXTRACTORS:
            address = EXTRACTORS[self.with_]
        else:
            there_are = f"there are {', '.join(EXTRACTORS)}; or name module:object, or a command"
            hint = do_you_mean(self.with_, EXTRACTORS, there_are)
            raise MisuseError(f"there is no extractor {self.with_!r}; {hint}")
        return _load(address)


def _makes(made: Any) -> bool:
    """Whether it makes an extractor, rather than being one."""
    return inspect.isclass(made) or inspect.isroutine(made)


def _load(address: str) -> Any:
    """What `module:object` names; modules of the current folder can be named too."""
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.insert(0, here)
    module, _, name = address.partition(":")
    try:
        return getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise MisuseError(f"{address} cannot be loaded: {error}") from None


def _arguments(made: Any, options: Mapping[str, str], name: str) -> dict[str, Any]:
    """The options in the types that the parameters of what makes the extractor have."""
    parameters = inspect.signature(made).parameters
    unknown = sorted(options.keys() - parameters.keys())
    if unknown:
        known = ", ".join(parameters) or "none"
        raise MisuseError(f"{name} has no option {', '.join(unknown)}; its options are: {known}")
    needed = [
        each.name
        for each in parameters.values()
        if each.default is each.empty and each.name not in options
    ]
    if needed:
        raise MisuseError(f"{name} needs an option: --option {needed[0]}=…")
    hints = get_type_hints(made.__init__ if inspect.isclass(made) else made)
    try:
        return {
            key: msgspec.convert(value, hints.get(key, str), strict=False)
            for key, value in options.items()
        }
    except msgspec.ValidationError as error:
        raise MisuseError(f"{name}: an option has the wrong type: {error}") from None


def needs(extra: str, error: ImportError) -> MisuseError:
    """The error for a library that is not installed."""
    return MisuseError(f"{error.name} is not installed: pip install 'onrecord[{extra}]'")
