"""Images go from one engine to another in one file."""

import io
import tarfile

import pytest

from lab.company.docker.engine import Engine
from lab.company.docker.errors import EngineRefused
from lab.company.images import carrying
from lab.errors import LabError

NAMES = ("lab/carried-one:test", "lab/carried-two:test")


@pytest.fixture
def engine():
    found = Engine.connect()
    yield found
    for name in NAMES:
        found.remove_image(name)
    found.close()


def an_image(text: str) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as file:
        told = tarfile.TarInfo("told")
        told.size = len(text)
        file.addfile(told, io.BytesIO(text.encode()))
    return packed.getvalue()


@pytest.mark.docker
def test_images_that_were_saved_are_taken_in_where_they_are_not(engine, tmp_path):
    for name in NAMES:
        engine.api.import_image_from_data(an_image(name), repository=name.removesuffix(":test"), tag="test")
    ids = [engine.image(name).id for name in NAMES]
    carrying.save(engine, NAMES, tmp_path / "images.tar")
    for name in NAMES:
        engine.remove_image(name)
        assert engine.image(name) is None
    assert set(carrying.load(engine, tmp_path / "images.tar")) == set(NAMES)
    assert [engine.image(name).id for name in NAMES] == ids


@pytest.mark.docker
def test_what_is_not_there_and_what_is_no_image_is_said(engine, tmp_path):
    with pytest.raises(EngineRefused, match="could not save the images: .*reference"):
        carrying.save(engine, NAMES, tmp_path / "images.tar")
    (tmp_path / "text.tar").write_text("no tar")
    with pytest.raises(LabError, match="could not take in"):
        carrying.load(engine, tmp_path / "text.tar")
