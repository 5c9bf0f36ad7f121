"""How alike two texts are: shared by the check for leaks across splits and by ingestion."""

import zlib
from typing import TYPE_CHECKING, Final

from onrecord.model import WORD

if TYPE_CHECKING:
    from datasketch import MinHash

PERMUTATIONS: Final = 128
SHINGLE: Final = 5
"""Word tokens in a shingle."""

_SKETCH: Final = 8
_LONG: Final = 24
_MARKS: Final = b"\"#$%&'()*+,-/:;<=>@[\\]^_`{|}~" + "“”„‘’‚«»‹›–—…\xa0".encode()
"""Bytes that copies of a text may differ in; characters that share them lose them in all copies."""

_SENTENCE_ENDS: Final = (b"? ", b"! ", b"\n")


def minhash(text: str) -> "MinHash":
    """The MinHash signature of a text's shingles of word tokens (Broder 1997; datasketch)."""
    from datasketch import MinHash

    words = [word.lower() for word in WORD.findall(text)]
    shingles = {
        " ".join(words[start : start + SHINGLE])
        for start in range(max(len(words) - SHINGLE + 1, 1))
    }
    signature = MinHash(num_perm=PERMUTATIONS, seed=1)
    signature.update_batch([shingle.encode() for shingle in shingles])
    return signature


def sketch(text: str) -> tuple[int, ...]:
    """A few hashes of whole sentences: texts that share some are worth comparing.

    Of the hashes of all sentences of 24 bytes or more, without marks, the eight smallest (a
    bottom-k sketch): copies of a text choose the same sentences. A tenth of a signature's cost.
    """
    folded = text.encode().translate(None, _MARKS)
    for end in _SENTENCE_ENDS:
        folded = folded.replace(end, b". ")
    parts = [part.rstrip(b" .?!") for part in folded.split(b". ")]
    hashes = {zlib.crc32(part) for part in parts if len(part) >= _LONG}
    return tuple(sorted(hashes)[:_SKETCH]) or (zlib.crc32(b"".join(parts)),)
