"""Run the team's tests and the checks side by side: the app reads its settings once, and the checks need their own."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SUITES = ("tests", "checks")


def main() -> int:
    """Print what each suite says; give 0 when both are green. A suite without tests is red."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    running = [
        subprocess.Popen([*command, suite], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for suite in SUITES
    ]
    said = [process.communicate()[0] for process in running]
    for suite, text in zip(SUITES, said, strict=True):
        print(f"== {suite}\n{text}", flush=True)
    return max(process.returncode for process in running)


if __name__ == "__main__":
    sys.exit(main())
