"""Base images: made once, the same for everybody, with nothing of this machine in them."""

import os

import pytest

from lab.company.docker.engine import Engine
from lab.company.docker.values import Owner, Spec
from lab.company.images import hostside, recipes
from lab.company.images.building import Images
from lab.company.pipelines.toolchain import Toolchain
from lab.errors import WorldUnavailable

OWNER = Owner("test-images", "test-images")


@pytest.fixture(scope="module")
def images():
    engine = Engine.connect()
    toolchain = Toolchain.find()
    found = Images(engine, toolchain, toolchain.lock)
    found.ensure(["python", "registry"], print)
    yield found
    engine.close()


class Broken(recipes.Recipe):
    script = f"echo 'no such package {os.getpid()}'; exit 3\n"


def said(images, script, **how):
    container = images.engine.run(Spec("lab/python:3.11", command=("sh", "-c", script), **how), OWNER)
    try:
        code = images.engine.wait(container, seconds=60)
        return code, images.engine.logs(container)
    finally:
        images.engine.remove(container)


def test_an_image_rests_on_its_parents_and_its_address_on_all_that_goes_into_it():
    assert [recipe.name for recipe in recipes.with_parents(["server"])] == ["debian", "python", "server"]
    python = recipes.RECIPES["python"]
    assert recipes.digest(python, wheels=("a",)) != recipes.digest(python, wheels=("b",))
    assert recipes.digest(recipes.RECIPES["registry"], wheels=("a",)) == recipes.digest(recipes.RECIPES["registry"], wheels=("b",))


COMMIT_KNOWS = {"CMD", "ENTRYPOINT", "ENV", "EXPOSE", "LABEL", "ONBUILD", "USER", "VOLUME", "WORKDIR"}
"""What `docker commit --change` takes, as its manual has it."""


def test_every_recipe_says_how_it_runs_in_words_that_the_engine_takes():
    used = {line.split()[0] for recipe in recipes.CATALOGUE for line in recipe.changes}
    assert used <= COMMIT_KNOWS


def test_this_machines_settings_go_into_the_mounted_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    (tmp_path / "mine.crt").write_text("certificates")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "mine.crt"))
    folder = tmp_path / "mnt"
    folder.mkdir()
    hostside.stage(folder)
    assert 'Acquire::http::Proxy "http://proxy.example:3128";' in (folder / "apt.conf").read_text()
    assert (folder / "ca.crt").read_text() == "certificates"
    assert (folder / "environment").read_text().strip() == "export http_proxy='http://proxy.example:3128'"


@pytest.mark.docker
@pytest.mark.slow
def test_the_second_time_costs_nothing(images, monkeypatch):
    monkeypatch.setattr(Images, "_make", lambda *_: pytest.fail("made again"))
    assert {row.status for row in images.ensure(["python", "registry"])} == {"ready"}


@pytest.mark.docker
def test_python_installs_the_companys_packages_without_a_network_and_knows_nothing_of_this_machine(images):
    script = (
        "set -e; python --version; pip install --quiet --no-compile harborline-money==1.4; python -B -c 'import harborline_money';"
        " ls -A /mnt; env | cut -d= -f1 | sort | tr '\\n' ' '"
    )
    code, text = said(images, script)
    assert code == 0, text
    version, *rest = text.splitlines()
    assert version.startswith("Python 3.11")
    assert set(rest[-1].split()) <= {"HOME", "HOSTNAME", "LANG", "OLDPWD", "PATH", "PWD", "PYTHONUNBUFFERED"}
    assert len(rest) == 1
    config = images.engine.api.inspect_image("lab/python:3.11")["Config"]
    assert [word.split("=")[0] for word in config["Env"]] == ["LANG", "PYTHONUNBUFFERED"] or "PATH" in str(config["Env"])
    assert config["Cmd"] == ["python3"]


@pytest.mark.docker
def test_any_user_id_may_use_it(images):
    code, text = said(images, "python -c 'import pip; print(pip.__name__)'", user="12345:0", is_read_only=True)
    assert (code, text.strip()) == (0, "pip")


@pytest.mark.docker
def test_a_recipe_that_fails_is_told_with_its_last_words_and_leaves_nothing(images):
    broken = Broken("registry", "broken-test", parent="debian")
    with pytest.raises(WorldUnavailable, match=f"ended with 3. Its last words: no such package {os.getpid()}"):
        images._make(broken, "lab/registry:broken-test", "x", lambda _: None)
    assert images.engine.image("lab/registry:broken-test") is None
    assert not images.engine.containers({"lab.company": "images"})
