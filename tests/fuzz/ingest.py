"""Look for sources that break ingestion, guided by coverage (atheris, extra `fuzz`).

    python tests/fuzz/ingest.py page -max_total_time=60 FOLDER tests/cases/pages

The first word is what is fuzzed (page, text or record); the rest is libFuzzer's: what it finds
interesting goes into FOLDER, other folders hold seeds. A crash leaves its input in a file.
"""

import logging
import sys
from pathlib import Path

import atheris

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS.parent / "scripts"), str(TESTS)]

with atheris.instrument_imports(include=["onrecord.ingestion"]):
    from onrecord.ingestion.drafts import Raw
    from onrecord.ingestion.extraction import extract
    from soundness import is_sound


def main() -> None:
    kind = sys.argv.pop(1)
    logging.disable()

    def attempt(data: bytes) -> None:
        assert is_sound(extract(Raw(f"fuzzed.{kind}", kind, data)))  # type: ignore[arg-type]

    atheris.Setup(sys.argv, attempt)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
