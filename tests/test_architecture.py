"""What a reader may rely on in every file. The layers themselves are import-linter's, in pyproject.toml."""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from lab.cli.table import COMMANDS

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 350
OURS = ("lab", "sample_app", "setup", "benchmarks")
NAMELESS = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}
MACHINES = tuple(f"/{name}/" for name in ("work", "root", "workspace", "home/runner"))
INDEX_HOSTS = tuple(".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("registry", "npmjs")))
INDEX_PATHS = tuple("/".join(parts) for parts in (("", "simple", ""), ("artifactory", ""), ("", "repository", "pypi")))


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the repository that is there, known to git or about to be."""
    git = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    shown = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=False)
    if shown.returncode:
        pytest.skip(f"this is no git checkout: {shown.stderr.strip()}")
    return tuple(path for name in shown.stdout.split("\0") if name and (path := ROOT / name).is_file() and not path.is_symlink())


def sources(*folders: str) -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in folders]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def texts() -> list[tuple[Path, str]]:
    found = []
    for path in tracked():
        data = path.read_bytes()
        if b"\0" not in data[:8000]:
            found.append((path, data.decode("utf-8", "replace")))
    return found


def test_a_file_is_read_in_one_sitting():
    lengths = {
        named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources("lab", "sample_app", "setup", "benchmarks")
    }

    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_a_module_is_named_for_the_one_thing_it_holds():
    found = [named(path) for path in sources(*OURS, "scenarios") if {path.stem, *path.parts} & NAMELESS]

    assert found == []


def test_every_module_says_why_it_exists():
    silent = [named(path) for path in sources("lab", "benchmarks", "setup") if not ast.get_docstring(ast.parse(path.read_bytes()))]

    assert silent == []


def test_every_folder_of_the_lab_is_a_package_or_content():
    """A module in a folder without `__init__` would be left out by the layers' contract."""
    content = {ROOT / "lab" / part for part in ("company/pipelines/actions", "company/inside", "gameday/moved")}
    bare = {path.parent for path in sources("lab") if not (path.parent / "__init__.py").is_file()}

    assert [named(folder) for folder in sorted(bare) if not any(folder.is_relative_to(kept) for kept in content)] == []


def test_no_file_knows_the_machine_it_was_written_on():
    found = [f"{named(path)}: {machine}" for path, text in texts() for machine in MACHINES if machine in text]

    assert found == []


def test_no_file_names_a_package_index():
    """A lock file that names an index is of use to nobody behind another."""
    found = [f"{named(path)}: {host}" for path, text in texts() for host in (*INDEX_HOSTS, *INDEX_PATHS) if host in text]

    assert found == []


def test_every_script_that_is_meant_to_run_may_be_run():
    closed = [path for path in tracked() if path.read_bytes()[:2] == b"#!" and not path.stat().st_mode & 0o100]

    assert [named(path) for path in closed] == []


def test_every_command_of_the_makefile_is_there():
    """The README shows them, and so does CI."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")

    for word in ("play", "test", "lint", "unit", "prove", "bench", "transcript"):
        assert f"\n{word}:" in text
    for script in ("setup/install.py", "setup/services.sh", "setup/transcript.py", "benchmarks/run.py"):
        assert script in text
        assert (ROOT / script).is_file(), f"'{script}' is in the Makefile, and is not there"


def test_every_command_that_the_readme_shows_is_there():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"(?:`|\$ |&& |\| |^)lab ([a-z]+)", text, re.MULTILINE))
    targets = set(re.findall(r"(?:`|^)make ([a-z]+)", text, re.MULTILINE))

    assert shown
    assert shown <= set(COMMANDS)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert {target for target in targets if f"\n{target}:" not in makefile} == set()


def test_every_file_that_the_readme_links_to_is_there():
    text = (ROOT / "README.md").read_text(encoding="utf-8")

    assert [link for link in re.findall(r"\]\(([^)#:]+)\)", text) if not (ROOT / link).exists()] == []
