"""Cases as data: a copy of a valid corpus and a few edits, and a corpus folder as one JSONL file.

A case is a JSON list. An optional first object without an edit says how it is read:
`{"jsonl": true}` turns the corpus into one JSONL file first, `{"private": true}` joins the private
texts. Every other object is an edit of the `file` it names, of a `line` (from 1) of that file, or of
a `line` of the JSONL file if it names none:

    pointer, value         set what stands there (the key may be new)
    pointer, remove        remove it
    append, value          append to the list at this pointer
    content | hex          the whole file or line, as text or as bytes
    repeat                 [text, n]: the text n times is the whole file or line
    replace                [old, new] in the text of the file or line, which holds old once
    delete                 without the file or line
    mode                   permission bits of a file or folder, octal
    folder                 a new empty folder
    swap                   [a, b]: two lines change places (no `line`)
"""

import json
from pathlib import Path
from typing import Any

JSONL = "corpus.jsonl"


def read_case(path: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """How a case is read, and its edits."""
    first, *rest = edits = json.loads(path.read_text("utf-8"))
    if first.keys() <= {"jsonl", "private"}:
        return first, rest
    return {}, edits


def apply(edits: list[dict[str, Any]], corpus: Path) -> None:
    """Edit the files of a corpus folder; `line` and `swap` mean its `corpus.jsonl`."""
    for edit in edits:
        if "swap" in edit or "line" in edit:
            _edit_lines(edit, corpus / edit.get("file", JSONL))
        elif "mode" in edit:
            (corpus / edit["file"]).chmod(int(edit["mode"], 8))
        elif "folder" in edit:
            (corpus / edit["file"]).mkdir()
        else:
            path = corpus / edit["file"]
            changed = _changed(edit, path.read_bytes() if path.exists() else b"")
            path.unlink(missing_ok=True)
            if changed is not None:
                path.write_bytes(changed)


def _edit_lines(edit: dict[str, Any], path: Path) -> None:
    lines = path.read_bytes().splitlines()
    if "swap" in edit:
        one, two = (number - 1 for number in edit["swap"])
        lines[one], lines[two] = lines[two], lines[one]
    else:
        at = edit["line"] - 1
        changed = _changed(edit, lines[at])
        lines[at : at + 1] = [] if changed is None else [changed]
    path.write_bytes(b"".join(line + b"\n" for line in lines))


def _changed(edit: dict[str, Any], raw: bytes) -> bytes | None:
    """The new bytes of a file or line, or None where it is deleted."""
    match edit:
        case {"delete": True}:
            return None
        case {"content": text}:
            return str(text).encode()
        case {"hex": digits}:
            return bytes.fromhex(digits)
        case {"repeat": [text, times]}:
            return str(text).encode() * int(times)
        case {"replace": [old, new]}:
            text = raw.decode()
            assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
            return text.replace(old, new).encode()
    value = json.loads(raw)
    _edit_value(edit, value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _edit_value(edit: dict[str, Any], value: Any) -> None:
    if "append" in edit:
        resolve(value, edit["append"]).append(edit["value"])
        return
    parent, _, key = edit["pointer"].rpartition("/")
    holder = resolve(value, parent)
    at = int(key) if isinstance(holder, list) else _unescaped(key)
    if edit.get("remove"):
        del holder[at]
    else:
        holder[at] = edit["value"]


def resolve(value: Any, pointer: str) -> Any:
    """What stands at a JSON pointer (RFC 6901); raises `LookupError` where nothing does."""
    for key in pointer.split("/")[1:]:
        value = value[int(key)] if isinstance(value, list) else value[_unescaped(key)]
    return value


def _unescaped(key: str) -> str:
    return key.replace("~1", "/").replace("~0", "~")


def corpus_lines(corpus: Path) -> list[dict[str, Any]]:
    """The lines of the JSONL corpus that says the same as a corpus folder.

    Registries, documents by id, challenge passages.
    """
    lines: list[dict[str, Any]] = [{"manifest": _read(corpus / "manifest.json")}]
    for kind in ("speaker", "target", "outlet"):
        registry = corpus / f"{kind}s.json"
        lines += [{kind: record} for record in (_read(registry) if registry.exists() else [])]
    splits = _read(corpus / "splits.json")
    for article in sorted((corpus / "articles").glob("*.json"), key=lambda path: path.stem):
        layers = sorted((corpus / "annotators").glob(f"*/{article.name}"))
        text = corpus / "texts" / f"{article.stem}.txt"
        document = {
            "article": _read(article),
            "split": splits[article.stem],
            "text": text.read_bytes().decode() if text.exists() else None,
            "gold": _read(corpus / "gold" / article.name),
            "layers": [_read(layer) for layer in layers],
        }
        lines.append({"document": document})
    for file in sorted((corpus / "challenge").glob("*.jsonl")):
        lines += [{"passage": json.loads(line)} for line in file.read_bytes().splitlines()]
    return lines


def to_jsonl(corpus: Path, path: Path) -> Path:
    """Write a corpus folder as one JSONL file."""
    written = [
        json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in corpus_lines(corpus)
    ]
    path.write_text("".join(f"{line}\n" for line in written), "utf-8", newline="")
    return path


def _read(path: Path) -> Any:
    return json.loads(path.read_bytes())
