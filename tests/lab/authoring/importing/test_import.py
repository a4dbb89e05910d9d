"""What people have is read with suspicion, audited, and becomes an ordinary scenario."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from lab.authoring.importing import audit, marks
from lab.authoring.importing.run import bring
from lab.errors import UsageProblem, WrongState
from lab.report.imported import counts
from lab.scenario import library
from lab.session.wiring import read_scenario
from tests.lab.authoring.importing.labs import CHECK, STEP, instruqt, killercoda

if TYPE_CHECKING:
    from pathlib import Path

    from lab.report.imported import ImportedLine


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.scenario.overlay._cache", lambda: tmp_path / "cache")


def brought(root: Path, target: Path) -> tuple[ImportedLine, ...]:
    return bring(root, target, tell=lambda _: None).lines


def why(root: Path, tmp_path: Path) -> str:
    (line,) = brought(root, tmp_path / "refused")
    assert not line.stage
    assert not (tmp_path / "refused").exists()
    return line.why


def test_a_killercoda_scenario_becomes_a_stage_that_can_be_read(tmp_path: Path) -> None:
    killercoda(tmp_path / "source" / "course" / "shop")
    (line,) = brought(tmp_path / "source", tmp_path / "mine")
    assert (line.place, line.stage, line.steps, line.checks) == ("course/shop", "shop", 2, 1)
    assert line.notes == ("links to a port of the machine are plain text: a box has no network",)
    (stage,) = read_scenario(library.find(tmp_path / "mine")).stages
    assert (stage.title, stage.job, stage.status) == ("A shop", "Open a shop.", "draft")
    (check,) = stage.checks
    assert (check.id, check.title, check.on, check.at, check.run) == ("step-1", "A mug", "live", "box", "checks/step-1.sh")
    assert (stage.path / check.run).read_text() == CHECK
    assert (stage.box / "setup" / "01.sh").read_text() == "touch /tmp/ready\n"
    assert (stage.box / "files" / "srv" / "signs" / "sign.txt").read_text() == "Open.\n"
    (solution,) = stage.solutions
    assert (solution.path / "live" / "01.box.sh").read_text() == "mkdir -p /srv/shop\n# prices\necho 3.50 > /srv/shop/mug\n"
    assert "{{" not in stage.briefing
    assert "## 1. A mug" in stage.briefing


def test_an_instruqt_track_brings_its_own_solution_and_the_tools_its_scripts_call(tmp_path: Path) -> None:
    instruqt(tmp_path / "source")
    (line,) = brought(tmp_path / "source", tmp_path / "mine")
    assert (line.stage, line.steps, line.checks) == ("two-files", 2, 2)
    assert "2 cleanup scripts are left out: the box is thrown away" in line.notes
    (stage,) = read_scenario(library.find(tmp_path / "mine")).stages
    assert stage.solutions[0].name == "imported"
    assert sorted(path.name for path in (stage.solutions[0].path / "live").iterdir()) == ["01.box.sh", "02.box.sh"]
    assert sorted(path.name for path in (stage.box / "files/usr/local/bin").iterdir()) == ["agent", "fail-message", "set-workdir"]
    assert (stage.box / "hostname").read_text() == "shop\n"


def test_marks_become_plain_text_and_only_what_is_run_is_a_command() -> None:
    told = marks.read(STEP)
    assert told.commands == ("mkdir -p /srv/shop", "# prices\necho 3.50 > /srv/shop/mug")
    assert "`rm -rf /srv/shop`. See [it](http://localhost:8080)." in told.text
    assert "```bash\n# prices" in told.text
    assert marks.read("```bash,run\nls\n```\n").commands == ("ls",)
    assert marks.read("```bash,nocopy\nls\n```\n").commands == ()


@pytest.mark.parametrize(
    ("script", "can"),
    [
        ("", False),
        ("# nothing\n", False),
        ("exit 0", False),
        ("test -f x || true", False),
        ("if [ -f x ]; then\n echo yes\nelse\n echo no\nfi", False),
        ("grep -q x y\necho done", False),
        ("test -f x", True),
        ("[ -f x ] || exit 1\necho ok", True),
        ("set -e\ngrep x y\necho ok", True),
        ("if ! grep x y; then\n fail-message no\n exit 1\nfi\nexit 0", True),
    ],
)
def test_a_check_that_can_never_fail_is_known_by_reading(script: str, can: bool) -> None:  # noqa: FBT001 - a table of examples
    assert audit.can_fail(script) is can


def test_the_audit_names_what_is_lost(tmp_path: Path) -> None:
    lab = killercoda(tmp_path / "source" / "shop", backend={"imageid": "python:3.6"})
    (lab / "step1" / "verify.sh").write_text("test -f /srv/shop/mug\napt-get install -y cowsay\ntest -f y\n")
    (line,) = brought(tmp_path / "source", tmp_path / "mine")
    assert "its image 'python:3.6' is replaced by Debian without a network" in line.notes
    assert "the check of step 1 says nothing when it refuses" in line.notes
    assert "it uses apt-get, and a box has no network and no services" in line.notes


def details(**steps: Any) -> dict[str, Any]:
    return {"details": {"steps": [{"title": "A", "text": "step1/text.md", "verify": "step1/verify.sh"} | steps]}}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"backend": {"imageid": "kubernetes-kubeadm-1node"}}, "It needs a Kubernetes cluster (image 'kubernetes-kubeadm-1node')."),
        ({"details": {}}, "It has no 'details.steps'"),
        (details(verify="../../../etc/passwd"), "It names '../../../etc/passwd', which leads out of its folder."),
        (details(verify="/etc/passwd"), "It names '/etc/passwd', which leads out of its folder."),
        (details(verify="gone.sh"), "It names 'gone.sh', and there is no such file."),
        (details(verify="link.sh"), "'link.sh' is a link, or can't be read."),
        (details(verify="behind/passwd"), "'behind/passwd' lies behind a link."),
        (details(verify="pipe"), "'pipe' is no plain file."),
        (details(verify="large.sh"), "'large.sh' is larger than 1 MiB."),
        (details(verify="latin.sh"), "'latin.sh' is not UTF-8."),
        (details(verify="calm.sh"), "No step of it has a check that can fail"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_one_sentence(tmp_path: Path, changed: dict[str, Any], words: str) -> None:
    lab = killercoda(tmp_path / "source" / "shop", **changed)
    (lab / "link.sh").symlink_to("/etc/passwd")
    (lab / "behind").symlink_to("/etc")
    os.mkfifo(lab / "pipe")
    (lab / "large.sh").write_bytes(b"#" * ((1 << 20) + 1))
    (lab / "latin.sh").write_bytes(b"echo \xff\n")
    (lab / "calm.sh").write_text("exit 0\n")
    assert words in why(tmp_path / "source", tmp_path)


@pytest.mark.parametrize("text", ['{"title": ', "[1]", "[" * 100_000, ""])
def test_an_index_that_is_no_json_object_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "index.json").write_text(text)
    assert "'index.json' is no" in why(tmp_path / "source", tmp_path)


@pytest.mark.parametrize(
    ("assets", "words"),
    [
        ([{"file": "../intro.md", "target": "/srv"}], "leads out of its folder"),
        ([{"file": "sign.txt", "target": "/srv/../etc"}], "which is no absolute path"),
        ([{"file": "huge", "target": "/srv"}], "larger than 16 MiB"),
    ],
)
def test_an_asset_that_climbs_or_is_huge_is_refused(tmp_path: Path, assets: list[dict[str, str]], words: str) -> None:
    lab = killercoda(tmp_path / "source" / "shop")
    told = json.loads((lab / "index.json").read_text())
    told["details"]["assets"] = {"host01": assets}
    (lab / "index.json").write_text(json.dumps(told))
    with (lab / "assets" / "huge").open("wb") as file:
        file.truncate(100 << 20)
    assert words in why(tmp_path / "source", tmp_path)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ("virtualmachines: [{name: k, image: instruqt/k3s-v1-25}]", "It needs a Kubernetes cluster"),
        ("aws_accounts: [{name: a}]", "It needs accounts of a cloud ('aws_accounts')."),
        ("a: &a [x]\nb: *a\n", "'config.yml' has a YAML alias."),
        ("a: [", "'config.yml' is not YAML (line "),
        ("a: !!python/object/apply:os.system [ls]", "'config.yml' is not YAML"),
    ],
)
def test_a_track_that_needs_more_than_a_box_is_refused(tmp_path: Path, config: str, words: str) -> None:
    instruqt(tmp_path / "source", config)
    assert words in why(tmp_path / "source", tmp_path)


def test_one_that_is_refused_keeps_none_of_the_others_away(tmp_path: Path) -> None:
    root = tmp_path / "source"
    killercoda(root / "a" / "shop")
    killercoda(root / "b" / "shop")
    killercoda(root / "c" / "shop", backend={"imageid": "k3s"})
    instruqt(root / "d")
    report = bring(root, tmp_path / "mine", tell=lambda _: None)
    assert [line.stage for line in report.lines] == ["shop", "shop-2", "", "d"]
    assert counts(report) == ["4 labs found, 3 imported: 6 steps, 4 checks.", "1 not imported: It needs a Kubernetes cluster…"]
    assert len(read_scenario(library.find(tmp_path / "mine")).stages) == 3


def test_nothing_is_overwritten_and_a_folder_without_labs_is_a_usage_problem(tmp_path: Path) -> None:
    killercoda(tmp_path / "source")
    with pytest.raises(UsageProblem, match="There is no lab in"):
        brought(tmp_path / "source" / "assets", tmp_path / "mine")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "note").write_text("mine")
    with pytest.raises(WrongState, match="is there already"):
        brought(tmp_path / "source", tmp_path / "mine")
