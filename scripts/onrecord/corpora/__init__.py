"""Other people's corpora and formats, one file each, brought into our shape and back."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from onrecord.converting.description import Corpus
from onrecord.corpora.basil import BASIL
from onrecord.corpora.bio import BIO
from onrecord.corpora.brat import BRAT
from onrecord.corpora.citron import CITRON
from onrecord.corpora.german_wikinews import GERMAN_WIKINEWS
from onrecord.corpora.pdnc import PDNC
from onrecord.corpora.polnear import POLNEAR
from onrecord.corpora.seesaw import SEESAW
from onrecord.issues import MisuseError

CORPORA: Final[Mapping[str, Corpus]] = MappingProxyType(
    {
        corpus.name: corpus
        for corpus in (POLNEAR, GERMAN_WIKINEWS, PDNC, BASIL, SEESAW, BRAT, CITRON, BIO)
    }
)


def find(name: str) -> Corpus:
    """The corpus or format called `name`; raises `MisuseError` with all names for any other."""
    if name not in CORPORA:
        raise MisuseError(f"there is no corpus or format {name!r}; there are {', '.join(CORPORA)}")
    return CORPORA[name]
