"""Temporary folders of the dead are removed, but for those that a reaper still reads in."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

import pytest

from lab import rooms


@pytest.fixture
def dead(monkeypatch, tmp_path):
    """The id of a process that is no more; temporary folders are looked for in the test's own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    return process.pid


def test_a_dead_processs_folder_is_removed_and_a_living_ones_stays(dead, tmp_path):
    (tmp_path / f"lab-scene-{dead}-abc").mkdir()
    (tmp_path / f"lab-scene-{os.getpid()}-abc").mkdir()

    assert rooms.sweep() == 1
    assert [path.name for path in tmp_path.iterdir()] == [f"lab-scene-{os.getpid()}-abc"]


def test_what_a_living_reaper_was_given_stays_until_it_is_gone(dead, tmp_path):
    company = tmp_path / f"lab-scene-{dead}-abc/company"
    company.mkdir(parents=True)
    rooms.give(company, keeper=os.getpid())
    assert rooms.sweep() == 0
    assert company.exists()

    rooms.give(company, keeper=dead)
    assert rooms.sweep() == 1
