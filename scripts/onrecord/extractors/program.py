"""Any program: articles as JSON lines in one file, predictions as JSON lines in another."""

import shlex
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from onrecord.extractors import PlainArticle
from onrecord.issues import MisuseError
from onrecord.predictions import PredictedQuote, Prediction

_SHOWN: Final = 300


class Program:
    """A command line in which `{input}` and `{output}` stand for the two files; no shell runs it.

    `batch` articles go into a file. Where a program fails on several, it is run for each alone.
    """

    def __init__(self, command: str, batch: int = 50, version: str | None = None) -> None:
        """Split the command as a shell does.

        Raises `MisuseError` where that cannot be done or the program is not there.
        """
        try:
            self._words = shlex.split(command)
        except ValueError as error:
            raise MisuseError(f"{command!r} is no command line: {error}") from None
        if "{output}" not in command:
            raise MisuseError(f"{command!r} has no {{output}}, the file for the predictions")
        if shutil.which(self._words[0]) is None:
            raise MisuseError(f"{self._words[0]}: there is no such program, or it may not be run")
        self.name = Path(self._words[0]).name
        self.batch = batch
        self.version = version

    def extract(self, article: PlainArticle) -> list[PredictedQuote]:
        """The quotes of one article; raises `LookupError` where the program has no line for it."""
        found = self.extract_batch([article])
        if article.id not in found:
            raise LookupError("the program wrote no line for it")
        return found[article.id]

    def extract_batch(self, articles: Sequence[PlainArticle]) -> dict[str, list[PredictedQuote]]:
        """Quotes by article id; raises `ValueError` where the program fails or writes nonsense."""
        with tempfile.TemporaryDirectory(prefix="onrecord-") as folder:
            given, made = Path(folder, "articles.jsonl"), Path(folder, "predictions.jsonl")
            given.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in articles))
            files = {"{input}": str(given), "{output}": str(made)}
            done = subprocess.run(
                [_filled(word, files) for word in self._words],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
            if done.returncode:
                said = done.stderr.decode(errors="replace").strip()[-_SHOWN:]
                raise ValueError(f"exit status {done.returncode}: {said or 'no word on stderr'}")
            lines = made.read_bytes().splitlines() if made.exists() else []
        found = [msgspec.json.decode(line, type=Prediction) for line in lines if line.strip()]
        ids = Counter(prediction.article_id for prediction in found)
        wrong = [id for id in ids if ids[id] > 1 or all(id != each.id for each in articles)]
        if wrong:
            raise ValueError(f"the program wrote lines again, or for no article: {wrong[0]}")
        return {prediction.article_id: list(prediction.quotes) for prediction in found}


def _filled(word: str, files: dict[str, str]) -> str:
    for hole, path in files.items():
        word = word.replace(hole, path)
    return word
