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

    def settings(self) -> dict[str, Any]:
        """All options with their values, also those that nobody named.

        Raises `MisuseError` for a name or option that is not there.
        """
        made = self._object()
        if _makes(made):
            return _arguments(made, self._options(), self.with_)
        if self.options:
            raise MisuseError(f"{self.with_} takes no options: it is made already")
        return {}

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
    """The arguments for what makes the extractor, in the types of its parameters."""
    parameters = {
        each.name: each
        for each in inspect.signature(made).parameters.values()
        if each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)
    }
    unknown = sorted(options.keys() - parameters.keys())
    if unknown:
        known = ", ".join(parameters) or "none"
        raise MisuseError(f"{name} has no option {', '.join(unknown)}; its options are: {known}")
    hints = get_type_hints(made.__init__ if inspect.isclass(made) else made)
    arguments = {}
    for key, parameter in parameters.items():
        if key in options:
            arguments[key] = _converted(options[key], hints.get(key, str), f"{name}: {key}")
        elif parameter.default is parameter.empty:
            raise MisuseError(f"{name} needs an option: --option {key}=…{_role_of(made)}")
        else:
            arguments[key] = parameter.default
    return arguments


def _role_of(made: Any) -> str:
    """What a function is for, said to whoever takes it for an extractor."""
    if inspect.isclass(made):
        return ""
    return (
        "; a function gets the options and returns an extractor, an object with `name` and"
        " `extract(article)`"
    )


def _converted(words: str, type: Any, what: str) -> Any:
    try:
        return msgspec.convert(words, type, strict=False)
    except msgspec.ValidationError as error:
        raise MisuseError(f"{what} has the wrong type: {error}") from None


def needs(extra: str, error: ImportError) -> MisuseError:
    """The error for a library that is not installed."""
    return MisuseError(f"{error.name} is not installed; in a clone: pip install '.[{extra}]'")
