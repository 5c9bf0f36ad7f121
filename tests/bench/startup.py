"""How long `import onrecord` and `onrecord --help` take: `python tests/bench/startup.py`.

Printed beside what an interpreter costs that does nothing, in the same run; medians of wall clock.
Bounds: import under 0.1 s on top of that, help under 0.4 s in all. Last line: `ratio R`, help
against the bare interpreter.
"""

import statistics
import subprocess
import sys
import time

COMMANDS = {
    "python": ["-c", "pass"],
    "import": ["-c", "import onrecord"],
    "help": ["-m", "onrecord", "--help"],
}


def seconds(words: list[str], runs: int = 15) -> float:
    """The median wall-clock seconds of a command."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run([sys.executable, *words], check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    taken = {name: seconds(words) for name, words in COMMANDS.items()}
    for name, value in taken.items():
        print(f"{name:8}{value:7.3f} s  {value - taken['python']:+7.3f} s on the bare interpreter")
    print(f"ratio {taken['help'] / taken['python']:.2f}")


if __name__ == "__main__":
    main()
