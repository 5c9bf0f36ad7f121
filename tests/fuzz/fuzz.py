"""Look for input that breaks onrecord, guided by coverage (atheris, extra `fuzz`).

    python tests/fuzz/fuzz.py TARGET -max_total_time=300 FOLDER

TARGET is one of those in `targets`; the rest is libFuzzer's: what it finds interesting goes into
FOLDER. It begins with seeds of ours. A crash leaves its input in a file, which in place of FOLDER
is tried again.
"""

import logging
import sys
import tempfile
from pathlib import Path

import atheris

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS.parent / "scripts"), str(TESTS)]

with atheris.instrument_imports(include=["onrecord"]):
    from targets import targets


def main() -> None:
    name = sys.argv.pop(1)
    logging.disable()
    folders = [each for each in sys.argv[1:] if not each.startswith("-")]
    again = any(Path(each).is_file() for each in folders)
    target = targets(Path(tempfile.mkdtemp(prefix="onrecord-fuzz-")))[name]
    seeds = Path(tempfile.mkdtemp(prefix="onrecord-seeds-"))
    for number, seed in enumerate(target.seeds):
        (seeds / str(number)).write_bytes(seed)
    atheris.Setup(sys.argv if again else [*sys.argv, str(seeds)], target.feed)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
