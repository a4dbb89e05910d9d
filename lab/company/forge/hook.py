"""The program behind each repository's hooks: run by path, so that it starts the same from a checkout and from a wheel."""

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.append(str(Path(__file__).resolve().parents[3]))
    from lab.company.forge.receive import main

    raise SystemExit(main(sys.argv[1]))
