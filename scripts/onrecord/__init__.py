"""onrecord: an annotated corpus of news articles, and the software around it.

`load` reads the corpus; the others are what the verbs of the command line call, by their names.
Paths are strings or `os.PathLike`. Everything is imported when it is first used, so that
`import onrecord` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from onrecord.agreement.agreeing import agree
    from onrecord.anchors.writing import anchor_files as anchor
    from onrecord.benchmark.comparison import compare
    from onrecord.benchmark.scoring import score
    from onrecord.building import build
    from onrecord.hydration import hydrate, seal
    from onrecord.ingestion import ingest
    from onrecord.loading import load
    from onrecord.loading import read_article as show
    from onrecord.profiles.comparison import profile
    from onrecord.publishing.sending import publish
    from onrecord.releases.comparison import diff
    from onrecord.releases.verification import verify
    from onrecord.releases.writing import release
    from onrecord.statistics import statistics as stats
    from onrecord.validation import validate

__all__ = [
    "agree",
    "anchor",
    "build",
    "compare",
    "diff",
    "hydrate",
    "ingest",
    "load",
    "profile",
    "publish",
    "release",
    "score",
    "seal",
    "show",
    "stats",
    "validate",
    "verify",
]

_HOMES: Final = {
    "agree": ("onrecord.agreement.agreeing", "agree"),
    "anchor": ("onrecord.anchors.writing", "anchor_files"),
    "build": ("onrecord.building", "build"),
    "compare": ("onrecord.benchmark.comparison", "compare"),
    "diff": ("onrecord.releases.comparison", "diff"),
    "hydrate": ("onrecord.hydration", "hydrate"),
    "ingest": ("onrecord.ingestion", "ingest"),
    "load": ("onrecord.loading", "load"),
    "profile": ("onrecord.profiles.comparison", "profile"),
    "publish": ("onrecord.publishing.sending", "publish"),
    "release": ("onrecord.releases.writing", "release"),
    "score": ("onrecord.benchmark.scoring", "score"),
    "seal": ("onrecord.hydration", "seal"),
    "show": ("onrecord.loading", "read_article"),
    "stats": ("onrecord.statistics", "statistics"),
    "validate": ("onrecord.validation", "validate"),
    "verify": ("onrecord.releases.verification", "verify"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'onrecord' has no attribute {name!r}")
    module, function = _HOMES[name]
    return getattr(import_module(module), function)
