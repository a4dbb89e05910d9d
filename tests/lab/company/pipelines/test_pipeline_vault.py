"""Secrets reach a job and nothing else: no log, no ledger, no file that stays."""

import os
import stat

import pytest
from pipeline_shop import CHECKOUT, Shop, log_of, make_shop

from lab.company.pipelines.vault import FOR_ACT, MOST, Vault, file_for_act, masked
from lab.errors import UsageProblem, WorldUnavailable

AWKWARD = "p$HOME \"q' #x: {y}"


def test_only_the_owner_may_read_the_file_and_names_are_in_capitals(tmp_path):
    vault = Vault(tmp_path)
    assert vault.values() == {}
    assert vault.set("registry_token", AWKWARD) == "REGISTRY_TOKEN"
    assert vault.set("REGISTRY_TOKEN", "newer") == "REGISTRY_TOKEN"
    assert vault.values() == {"REGISTRY_TOKEN": "newer"}
    assert stat.S_IMODE(vault.file.stat().st_mode) == 0o600
    assert vault.delete("registry_token") == "REGISTRY_TOKEN"
    assert vault.values() == {}
    assert [path.name for path in tmp_path.iterdir()] == ["secrets.json"]


@pytest.mark.parametrize("name", ["", "1ST", "A-B", "GITHUB_TOKEN", "github_x", "A B", "Ä", "A" * 101])
def test_a_name_that_github_refuses_is_refused(tmp_path, name):
    with pytest.raises(UsageProblem, match="can't be a secret's name"):
        Vault(tmp_path).set(name, "x")


@pytest.mark.parametrize("value", ["", "x" * (MOST + 1)])
def test_a_value_that_github_refuses_is_refused(tmp_path, value):
    with pytest.raises(UsageProblem, match="GitHub takes neither"):
        Vault(tmp_path).set("A", value)


def test_what_is_not_there_can_not_be_deleted(tmp_path):
    with pytest.raises(UsageProblem, match="There is no secret 'NONE'"):
        Vault(tmp_path).delete("none")


def test_a_damaged_file_is_said_and_not_overwritten(tmp_path):
    (tmp_path / "secrets.json").write_text('{"A": "x')
    with pytest.raises(WorldUnavailable, match="could not be read"):
        Vault(tmp_path).set("B", "y")
    assert (tmp_path / "secrets.json").read_text() == '{"A": "x'


def test_a_copy_of_the_company_has_the_same_secrets(tmp_path):
    (tmp_path / "copy").mkdir()
    Vault(tmp_path).copy_to(tmp_path / "copy")
    assert not (tmp_path / "copy" / "secrets.json").exists()
    Vault(tmp_path).set("A", "x")
    Vault(tmp_path).copy_to(tmp_path / "copy")
    assert Vault(tmp_path / "copy").values() == {"A": "x"}
    assert stat.S_IMODE((tmp_path / "copy" / "secrets.json").stat().st_mode) == 0o600


def test_masking_takes_the_longest_first_and_each_line():
    assert masked("abc ab b", {"A": "ab", "B": "abc"}) == "*** *** b"
    assert masked("x one y", {"A": "one\ntwo\n\n"}) == "x *** y"


def test_the_file_for_act_is_private_and_none_where_there_is_no_secret(tmp_path):
    assert str(file_for_act(tmp_path, {})) == os.devnull
    assert stat.S_IMODE(file_for_act(tmp_path, {"A": "x"}).stat().st_mode) == 0o600


def test_a_job_gets_its_secrets_and_neither_log_nor_ledger_shows_them(shop: Shop):
    shop.runner.vault.set("TOKEN", AWKWARD)
    shop.runner.vault.set("KEY", "line-one-of-it\nline-two-of-it")
    (shop.clone.directory / "expected").write_text(AWKWARD)
    steps = [
        *CHECKOUT,
        {"run": 'test "$TOKEN" = "$(cat expected)"', "env": {"TOKEN": "${{ secrets.TOKEN }}"}},
        {"run": 'echo "got: $TOKEN"; echo "$KEY"', "env": {"TOKEN": "${{ secrets.TOKEN }}", "KEY": "${{ secrets.KEY }}"}},
        {"name": "The first line is ${{ secrets.KEY }}", "run": f"find \"$LAB_WORK\" -name '{FOR_ACT}' | grep . && exit 1 || exit 0"},
        {"run": 'test -z "$NONE"', "env": {"NONE": "${{ secrets.NONE }}"}},
    ]
    run = shop.play(steps)
    assert run.result == "success", log_of(run)
    assert "got: ***" in log_of(run)
    told = "".join(str(event) for event in shop.ledger.events()) + shop.runner.runs.log_file(run.id).read_text()
    assert "line-one" not in told
    assert "line-two" not in told
    assert "p$HOME" not in told


def test_a_secret_that_was_changed_is_new_in_the_next_run(tmp_path, toolchain):
    with make_shop(tmp_path, toolchain) as shop:
        steps = [{"run": 'test "$A" = two', "env": {"A": "${{ secrets.A }}"}}]
        shop.runner.vault.set("A", "one")
        assert shop.play(steps).result == "failure"
        shop.runner.vault.set("A", "two")
        assert shop.play(steps).result == "success"
