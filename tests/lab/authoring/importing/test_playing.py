"""An imported lab is played in a container that holds what it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lab.authoring.importing.playing import Tried, play
from lab.authoring.importing.run import bring
from lab.company import box as boxes
from lab.company.box import LABEL, Box
from lab.company.docker.engine import Engine
from lab.company.pipelines.toolchain import Toolchain
from tests.lab.authoring.importing.labs import instruqt, killercoda

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.docker, pytest.mark.slow]


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    def there() -> set[str]:
        return {found.id for found in Engine.connect().containers({LABEL: "1"})}

    before = there()
    yield
    assert there() <= before


def stage(root: Path, tmp_path: Path) -> Path:
    (line,) = bring(root, tmp_path / "mine", tell=lambda _: None).lines
    return tmp_path / "mine" / "stages" / line.stage


def test_its_checks_refuse_the_start_and_pass_what_its_author_would_do(tmp_path: Path) -> None:
    instruqt(tmp_path / "two")
    (tmp_path / "two" / "track_scripts").mkdir()
    (tmp_path / "two" / "track_scripts" / "setup-shop").write_text(
        "curl -m 3 http://1.1.1.1 && touch /srv/1\nmount -t tmpfs x /mnt && touch /srv/1\n"
    )
    assert play(stage(tmp_path / "two", tmp_path), Toolchain.find()) == Tried(2, 2, 2)  # no network, no right to mount


def test_what_hangs_is_ended_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boxes, "SETUP_SECONDS", 1.0)
    lab = killercoda(tmp_path / "shop")
    (lab / "ready.sh").write_text("trap '' TERM\nsleep 100 & sleep 100\n")
    tried = play(stage(lab, tmp_path), Toolchain.find())
    assert tried.said == "'01.sh', which prepares the box, did not end within 1 s."


def test_a_script_says_what_it_found_and_sees_no_engine_of_ours(tmp_path: Path) -> None:
    lab = killercoda(tmp_path / "shop")
    box = Box.of("import-test", stage(lab, tmp_path) / "box")
    script = tmp_path / "look.sh"
    script.write_text("ls /var/run/docker.sock; cat /srv/signs/sign.txt; hostname; ls /run/lab; exit 3\n")
    try:
        assert box.find() == ""
        made = box.ensure(Toolchain.find())
        assert box.ensure(Toolchain.find()) == made
        box.rest()
        assert box.find() == ""
        assert box.ensure(Toolchain.find()) == made  # with what was done in it
        done = box.run(script, limit=10)
        assert done.returncode == 3
        assert done.output.splitlines() == ["Open.", "host01", "look.sh"]
        script.write_text("sleep 100\n")
        assert box.run(script, limit=1).timed_out
    finally:
        box.remove()
