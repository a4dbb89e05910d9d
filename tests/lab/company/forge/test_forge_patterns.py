"""Patterns of paths and refs mean what they mean on GitHub."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.company.forge.codeowners import read
from lab.company.forge.globs import owned_path, ref_pattern

OWNED = [
    ("*", "a/b.py", True),
    ("**", "a/b.py", True),
    ("*.js", "deep/down/x.js", True),
    ("*.js", "x.jsx", False),
    ("/build/logs/", "build/logs/a/b", True),
    ("/build/logs/", "x/build/logs/a", False),
    ("docs/*", "docs/start.md", True),
    ("docs/*", "docs/build-app/trouble.md", False),
    ("docs/*", "x/docs/start.md", False),
    ("apps/", "x/apps/y/z", True),
    ("apps/", "apps", False),
    ("/docs/", "docs/a", True),
    ("/docs", "docs", True),
    ("/docs", "docs/a/b", True),
    ("/docs", "docs.md", False),
    ("**/logs", "build/logs/a.txt", True),
    ("**/logs", "logs", True),
    ("/scripts/**/x.sh", "scripts/a/b/x.sh", True),
    ("/scripts/**/x.sh", "scripts/x.sh", True),
    (".github/**", ".github/workflows/ci.yml", True),
    (".github/", ".github/rulesets/main.json", True),
    (".github/", "x/.github/y", True),
    ("tests/unit/", "tests/unit/test_a.py", True),
    ("tests/unit/", "x/tests/unit/test_a.py", False),
    ("test_?.py", "a/test_b.py", True),
    ("test_?.py", "test_/.py", False),
    ("a\\*b", "a*b", True),
    ("a\\*b", "axb", False),
    ("/", "a", False),
    ("*", "two\nlines", True),
    ("$(touch pwned)", "$(touch pwned)", True),
]


@pytest.mark.parametrize(("pattern", "path", "matches"), OWNED)
def test_a_codeowners_pattern_owns_what_github_says(pattern, path, matches):
    assert (owned_path(pattern).fullmatch(path) is not None) is matches


def test_the_last_line_that_matches_decides_and_may_take_the_owners_away():
    owners = read("CODEOWNERS", "# who\n*  @priya @harborline/backend\n/docs/ lena@harborline.example # words\n/docs/free\n")
    found = {path: owners.line_for(path) for path in ("app.py", "docs/a.md", "docs/free")}
    assert found["app.py"].owners == ("priya", "harborline/backend")
    assert (found["docs/a.md"].owners, found["docs/a.md"].number) == (("lena",), 3)
    assert found["docs/free"] is None


def test_lines_that_github_cannot_use_are_passed_over():
    owners = read("CODEOWNERS", "* @priya\n!*.py @tom\n[ab].py @tom\n*.md nobody\na\\ b.txt @ana\n***x @tom\n")
    assert [(line.pattern, line.owners) for line in owners.lines] == [("*", ("priya",)), ("a\\ b.txt", ("ana",))]
    assert owners.line_for("a b.txt").owners == ("ana",)


@given(st.text(), st.text())
def test_any_codeowners_file_can_be_read(text, path):
    read("CODEOWNERS", text).line_for(path)


REFS = [
    ("refs/heads/main", "refs/heads/main", True),
    ("refs/heads/main", "refs/heads/maintenance", False),
    ("refs/heads/release/*", "refs/heads/release/1", True),
    ("refs/heads/release/*", "refs/heads/release/1/x", False),
    ("refs/heads/release/**/*", "refs/heads/release/1/x", True),
    ("refs/heads/**/x", "refs/heads/x", True),
    ("refs/heads/v[0-9]", "refs/heads/v7", True),
    ("refs/heads/v[!0-9]", "refs/heads/v7", False),
    ("refs/heads/v?", "refs/heads/v/", False),
    ("refs/heads/a\\*", "refs/heads/a*", True),
    ("refs/heads/a\\*", "refs/heads/ab", False),
    ("refs/heads/[z-a]", "refs/heads/[z-a]", True),
    ("refs/heads/$(x)", "refs/heads/$(x)", True),
]


@pytest.mark.parametrize(("pattern", "ref", "matches"), REFS)
def test_a_ref_pattern_matches_as_rubys_fnmatch_does(pattern, ref, matches):
    assert (ref_pattern(pattern).fullmatch(ref) is not None) is matches


@given(st.text(alphabet="abz/*?[]!^-\\."), st.text(alphabet="abz/*?[]!^-\\."))
def test_any_pattern_can_be_read(pattern, ref):
    ref_pattern(pattern).fullmatch(ref)
    owned_path(pattern).fullmatch(ref)


@given(st.text(min_size=1))
def test_a_ref_without_special_letters_matches_itself_only(name):
    name = re.sub(r"[*?\[\]\\]", "", name) or "x"
    assert ref_pattern(name).fullmatch(name)
    assert not ref_pattern(name).fullmatch(name + "x")
