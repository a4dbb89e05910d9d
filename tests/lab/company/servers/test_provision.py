"""What a server begins with."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from lab.company.servers.provision import ServerSetup, lay_out


class Tools:
    """A machine whose environments are a folder."""

    plain = Path("plain")

    def copy_environment(self, target: Path, *, source: Path) -> Path:
        target.mkdir()
        return target


def test_a_python_that_knows_no_filters_of_archives_lays_out_a_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian 12 has Python 3.11.2, and `extractall` takes a filter from 3.11.4 on."""
    new = tarfile.TarFile.extractall
    monkeypatch.setattr(tarfile.TarFile, "extractall", lambda self, path: new(self, path, filter="fully_trusted"))
    monkeypatch.delattr(tarfile, "fully_trusted_filter")

    def archive(repository: str, ref: str, target: Path) -> None:
        (tmp_path / "VERSION").write_text(f"{repository} {ref}")
        with tarfile.open(target, "w") as file:
            file.add(tmp_path / "VERSION", "VERSION")

    home = tmp_path / "home"
    lay_out(home, ServerSetup("web1", repository="storefront", runs="friday"), archive=archive, tools=Tools())  # type: ignore[arg-type]
    assert (home / "app" / "VERSION").read_text() == "storefront friday"
