"""How alike two texts are: shared by the check for leaks across splits and by ingestion.

The measure is the Jaccard similarity of their sets of shingles, runs of five word tokens.
"""

import hashlib
import zlib
from typing import TYPE_CHECKING, Final

from onrecord.model import WORD

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Shingles = NDArray[np.uint64]

SHINGLE: Final = 5
"""Word tokens in a shingle."""
BANDS: Final = (64, 2)
"""Bands of a signature and the hashes in each: texts that share a band are compared. A pair of
similarity J is overlooked with the probability (1 - J²)⁶⁴: 1e-8 at 0.5, 0.5 at 0.1."""

_SKETCH: Final = 8
_LONG: Final = 24
_MARKS: Final = b"\"#$%&'()*+,-/:;<=>@[\\]^_`{|}~" + "“”„‘’‚«»‹›–—…\xa0".encode()
"""Bytes that copies of a text may differ in; characters that share them lose them in all copies."""

_SENTENCE_ENDS: Final = (b"? ", b"! ", b"\n")


def shingles(text: str) -> "Shingles":
    """The set of a text's shingles as sorted 64-bit hashes; a shorter text is one shingle."""
    import numpy as np

    words = [word.lower() for word in WORD.findall(text)]
    runs = {
        " ".join(words[start : start + SHINGLE])
        for start in range(max(len(words) - SHINGLE + 1, 1))
    }
    hashes = [hashlib.blake2b(run.encode(), digest_size=8).digest() for run in runs]
    found: Shingles = np.unique(np.frombuffer(b"".join(hashes), "<u8"))
    return found


def jaccard(one: "Shingles", other: "Shingles") -> float:
    """The Jaccard similarity of two sets of shingles: what they share of all, 0 to 1."""
    import numpy as np

    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared / (len(one) + len(other) - shared)


class Index:
    """Texts by their shingles, to find those that are alike.

    MinHash signatures (Broder 1997; datasketch) in bands say which pairs are worth comparing, the
    shingles themselves whether they are alike.
    """

    def __init__(self, threshold: float) -> None:
        """Texts count as alike from this similarity on; below 0.4 `BANDS` overlooks some."""
        from datasketch import MinHashLSH

        self._threshold = threshold
        self._index = MinHashLSH(num_perm=BANDS[0] * BANDS[1], params=BANDS)
        self._texts: dict[str, Shingles] = {}

    def add(self, id: str, text: str) -> list[str]:
        """Add a text; returns the ids of those added before that are alike, sorted.

        Raises `ValueError` for an id that is there.
        """
        from datasketch import MinHash

        own = shingles(text)
        signature = MinHash(num_perm=BANDS[0] * BANDS[1], seed=1, hashfunc=_low_half)
        signature.update_batch(own.tolist())
        candidates = sorted(self._index.query(signature))
        self._index.insert(id, signature)
        self._texts[id] = own
        return [id for id in candidates if jaccard(own, self._texts[id]) >= self._threshold]


def _low_half(hash: int) -> int:
    return hash & 0xFFFFFFFF


def sketch(text: str) -> tuple[int, ...]:
    """A few hashes of whole sentences: texts that share some are worth comparing.

    Of the hashes of all sentences of 24 bytes or more, without marks, the eight smallest (a
    bottom-k sketch): copies of a text choose the same sentences. A tenth of the shingles' cost.
    """
    folded = text.encode().translate(None, _MARKS)
    for end in _SENTENCE_ENDS:
        folded = folded.replace(end, b". ")
    parts = [part.rstrip(b" .?!") for part in folded.split(b". ")]
    hashes = {zlib.crc32(part) for part in parts if len(part) >= _LONG}
    return tuple(sorted(hashes)[:_SKETCH]) or (zlib.crc32(b"".join(parts)),)
