"""Before a commit: run all checks on the tree that would be committed, in a folder of its own."""

import io
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import PurePosixPath


def git(*words: str) -> bytes:
    """Return what git answers about the commit that is being made (its index may be a temporary one, by GIT_INDEX_FILE)."""
    return subprocess.run(["git", *words], check=True, stdout=subprocess.PIPE).stdout


def is_words(name: str) -> bool:
    """Whether a file can't change what any check sees."""
    path = PurePosixPath(name)
    return path.suffix == ".md" or path.parts[0] == "docs"


def main() -> int:
    """Give the exit code of the checks; 0 without any when only words are committed."""
    staged = [name for name in git("diff", "--cached", "--name-only", "--no-renames", "-z").decode().split("\0") if name]
    if staged and all(map(is_words, staged)):
        return 0
    parcel = git("archive", "--format=tar", git("write-tree").decode().strip())
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    with tempfile.TemporaryDirectory() as room:
        packed = tarfile.open(fileobj=io.BytesIO(parcel))
        packed.extraction_filter = getattr(tarfile, "data_filter", None)  # Python 3.11.2 has none
        packed.extractall(room)
        code = subprocess.run([sys.executable, "checks/run.py"], cwd=room, env=clean).returncode
    if code != 0:
        print("Not committed: the checks above failed on what you staged.", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
