"""Bytes to text: the encoding is known, detected beyond doubt, or the bytes are refused.

Valid UTF-8 is UTF-8: text in another encoding is hardly ever valid by chance. A byte-order mark and
what a page or a server declares come next. What is left goes to charset-normalizer, whose answers
count only if they read like a language, and only where no other encoding reads the bytes otherwise
and about as well. Nothing is ever replaced or ignored.
"""

import codecs
import re
from collections import Counter
from typing import Final, NamedTuple

from onrecord.ingestion.findings import refusal
from onrecord.issues import InputError

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LATIN: Final = ("cp1252", "cp1250", "cp1254", "cp1257", "iso8859_2", "mac_roman")
_SINGLE: Final = (*_LATIN, "cp1251", "cp1253", "cp1255", "cp1256", "koi8_r")
_CANDIDATES: Final = (*_SINGLE, "cp932", "euc_jp", "gb18030", "big5", "cp949")
"""What news was written in before UTF-8; most ISO 8859 parts are contained in a Windows one."""

_SAMPLE: Final = 2**16
_MARGIN_CHAOS: Final = 1.0
_MARGIN_COHERENCE: Final = 10.0
"""By how many percent a second-best reading must be worse on one of charset-normalizer's scales."""

_HIGH: Final = re.compile(rb"[\x80-\xff]")
_UTF8: Final = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_UTF8_AMID_LATIN: Final = re.compile(
    rb"[\xc2\xc3][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_UTF8_AMID_OTHERS: Final = re.compile(rb"[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_SYMBOL_IN_WORD: Final = re.compile(
    r"[^\W\d_][¹²³¼½¾£¥€¤¢§¨¯¸¿¡±÷×¬¦¶‰†‡™©®∂∑∏∫√≈∆◊≤≥≠∞ˆ˜˘˙˚˝ˇ][^\W\d_]|[\u00c0-\u024f][0-9]"
)
_WORD: Final = re.compile(r"[^\W\d_]+")
_ODD_SHARE: Final = 0.1
_LATIN_LETTER: Final = re.compile(r"(?![×÷])[\u00c0-\u024f]")
_LONE_LETTER: Final = re.compile(r"(?<!\w)(?![×÷őŐ])[\u00c0-\u024f](?!\w)")
_WESTERN: Final = (
    "àâæçéèêëîïôœùûüÿ",  # French, and what other languages borrow
    "äöüßéè",  # German
    "áéíñóúüàèïç",  # Spanish, Catalan
    "ãáàâçéêíõóôúü",  # Portuguese
    "àèéìíòóùú",  # Italian
    "ëïéèöüóáê",  # Dutch
    "æøåéèêóôò",  # Danish, Norwegian
    "åäöéüæø",  # Swedish, Finnish
    "áðéíóúýþæö",  # Icelandic
)
_CENTRAL: Final = (
    "ąćęłńóśźż",  # Polish
    "áčďéěíňóřšťúůýž",  # Czech
    "áäčďéíĺľňóôŕšťúýž",  # Slovak
    "áéíóöőúüű",  # Hungarian
    "čćđšž",  # Croatian, Slovene
    "ăâîşţ",  # Romanian
    "äöüß",  # German
)
_ALPHABETS: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("cp1252", "mac_roman"), _WESTERN),
    **dict.fromkeys(("cp1250", "iso8859_2"), _CENTRAL),
    "cp1254": ("çğıöşüâîûi̇",),  # Turkish
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äõöüšž"),  # Lithuanian, Latvian, Estonian
}
"""Letters beyond ASCII that a language uses: a text in it holds hardly any other."""

_ALPHABET_SHARE: Final = 0.97
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x80-\x84\x86-\x9f]")
_CONTROL_BYTES: Final = bytes({*range(0x20)} - {*b"\t\n\v\f\r\x1b"})
_MIXED_SHARE: Final = 0.5
_BINARY_SHARE: Final = 0.02
_ALIASES: Final = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254"}
"""What browsers read under these labels (WHATWG Encoding Standard); by codec names of Python."""


class Decoded(NamedTuple):
    """Text and the Python name of the encoding that it was in."""

    text: str
    encoding: str


def decode(raw: bytes, file: str, declared: str | None = None) -> Decoded:
    """The text in `raw`, called `file` in findings; without a byte-order mark.

    `declared` is the encoding that the page or server names; it is believed where it fits. Raises
    `InputError` with the position of the first byte (from 0) that cannot be told.
    """
    if not raw.strip(b" \t\r\n\x00"):
        raise refusal(file, "file-empty", "is empty", "remove it")
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return _text(_strict(raw, encoding, file, len(mark)), encoding, file)
    if (encoding := _wide(raw) or "utf-8") != "utf-8":
        return _text(_strict(raw, encoding, file), encoding, file)
    if b"\x1b$" in raw:
        return Decoded(_strict(raw, "iso2022_jp", file), "iso2022_jp")
    try:
        text = raw.decode("utf-8")
        controlled = len(raw.translate(None, _CONTROL_BYTES)) < len(raw)
        return _text(text, "utf-8", file) if controlled else Decoded(text, "utf-8")
    except UnicodeDecodeError as error:
        first = error.start
    said = _known(declared)
    if said is None or not _fits(raw, said):
        if share_of_utf8(raw) >= _MIXED_SHARE:
            raise _mixed(raw, first, file)
        said = _detect(raw, first, file)
    encoding = said
    amid = _UTF8_AMID_LATIN if encoding in _LATIN else _UTF8_AMID_OTHERS
    if encoding in _SINGLE and amid.search(raw):
        raise _mixed(raw, first, file)
    return _text(_strict(raw, encoding, file), encoding, file)


def conversions(raw: bytes, encoding: str) -> tuple[str, ...]:
    """What decoding `raw` changed, for people, by the names that browsers know (WHATWG)."""
    marked = any(raw.startswith(mark) for mark, _ in _BOMS)
    name = re.sub(r"^cp(125\d)$", r"windows-\1", encoding).replace("_", "-")
    said = (f"converted from {name}",) if encoding != "utf-8" else ()
    return (*said, "byte-order mark removed") if marked else said


def share_of_utf8(raw: bytes) -> float:
    """The share of bytes beyond ASCII that stand in a valid UTF-8 sequence."""
    high = sum(1 for _ in _HIGH.finditer(raw))
    return sum(len(match.group()) for match in _UTF8.finditer(raw)) / high if high else 1.0


def _wide(raw: bytes) -> str | None:
    """UTF-16 without a byte-order mark, told by the zeros of its ASCII characters."""
    sample = raw[:4096]
    if 5 * sample.count(0) <= len(sample):
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if min(even, odd) > max(even, odd) // 10:
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _known(declared: str | None) -> str | None:
    """Python's name for a declared encoding, or None where there is no such encoding of text."""
    try:
        name = codecs.lookup((declared or "").strip("\"' ")).name
        "".encode(name)
    except (LookupError, ValueError):
        return None
    return _ALIASES.get(name, name)


def _fits(raw: bytes, encoding: str) -> bool:
    try:
        return not _CONTROL.search(raw.decode(encoding))
    except (UnicodeDecodeError, LookupError):
        return False


def _detect(raw: bytes, first: int, file: str) -> str:
    """The one encoding that reads the bytes well; raises `InputError` where there is no one."""
    from charset_normalizer import from_bytes

    sample = b"\n".join(line for line in raw.split(b"\n") if _HIGH.search(line))[:_SAMPLE]
    sample = sample[: sample.rfind(b"\n")] if len(sample) == _SAMPLE else sample
    found = from_bytes(sample, cp_isolation=list(_CANDIDATES), preemptive_behaviour=False)
    readings = [(match, str(match)) for match in found]
    readings = [(match, text) for match, text in readings if reads_well(text, match.encoding)]
    if not readings:
        raise _undecided(raw, first, file, "is in no encoding known for text")
    best, words = readings[0]
    for other, text in readings[1:]:
        worse = (
            other.percent_chaos >= best.percent_chaos + _MARGIN_CHAOS
            or other.percent_coherence <= best.percent_coherence - _MARGIN_COHERENCE
        )
        if text != words and not worse:
            said = f"may be {best.encoding} or {other.encoding}"
            raise _undecided(raw, first, file, said)
    return next(name for name in _CANDIDATES if _reads(raw, name, best.encoding))


def _reads(raw: bytes, encoding: str, other: str) -> bool:
    """Whether one encoding reads all bytes as the other does; charset-normalizer names only one."""
    try:
        return encoding == other or raw.decode(encoding) == raw.decode(other)
    except UnicodeDecodeError:
        return False


def reads_well(text: str, encoding: str) -> bool:
    """Whether a reading looks like words.

    Hardly any has a capital inside, none a symbol, and their letters are those of one language.
    """
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    odd = sum(1 for word in words if word[1:] != word[1:].lower() and not word.isupper())
    if odd > _ODD_SHARE * len(words) or _SYMBOL_IN_WORD.search(text):
        return False
    alphabets = _ALPHABETS.get(encoding)
    letters = Counter(map(str.lower, _LATIN_LETTER.findall(text)))
    if alphabets is None or not letters:
        return True
    if alphabets is _CENTRAL and _LONE_LETTER.search(text):
        return False
    covered = max(sum(letters[each] for each in alphabet) for alphabet in alphabets)
    return covered >= _ALPHABET_SHARE * letters.total()


def _strict(raw: bytes, encoding: str, file: str, skip: int = 0) -> str:
    try:
        return raw[skip:].decode(encoding)
    except UnicodeDecodeError as error:
        at = error.start + skip
        raise _undecided(raw, at, file, f"is not {encoding.upper()}") from None


def _text(text: str, encoding: str, file: str) -> Decoded:
    """Text, unless it holds more control characters than a stray one: then it is none."""
    controls = _CONTROL.findall(text)
    if len(controls) > max(2, len(text) * _BINARY_SHARE):
        at = text.index(controls[0])
        at = len(text[:at].encode(encoding))
        message = f"byte {at} is a control character, one of {len(controls)}: this is no text"
        raise refusal(file, "file-encoding", message, "give texts, pages or records")
    return Decoded(text, encoding)


def _mixed(raw: bytes, at: int, file: str) -> InputError:
    return _undecided(raw, at, file, "is not UTF-8, as other parts of the file are: it is mixed")


def _undecided(raw: bytes, at: int, file: str, what: str) -> InputError:
    message = f"byte {at} (0x{raw[at]:02x}) {what}" if at < len(raw) else f"byte {at}: {what}"
    return refusal(file, "file-encoding", message, "convert the file to UTF-8")
