"""What probes of containers rest on, without an engine: tables of the kernel, layers, wheels under another version."""

from __future__ import annotations

import io
import json
import random
import zipfile
from types import SimpleNamespace

import pytest

from lab.errors import WorldUnavailable
from lab.gameday.layers import Search, new_layers, tar_of
from lab.gameday.listening import addresses_in
from lab.gameday.newer import CHANGES, bumped, newer_release
from lab.gameday.probing import conditions_of

TABLE = """  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   2: 0100007F:1F41 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   0: 00000000000000000000000001000000:1F40 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000
"""


def test_the_kernels_table_says_where_a_container_listens():
    assert addresses_in(TABLE) == ("127.0.0.1:8000", "0.0.0.0:80", "[::1]:8000")
    assert addresses_in("cat: not found") == ()


def test_a_secret_is_found_in_a_layer_and_the_repository_by_its_folder():
    search = Search({"the file '.env'": "sk_live_1"})

    assert search.in_layer(io.BytesIO(tar_of({"srv/app.py": b"x", "srv/.env": b"KEY=sk_live_1", "srv/.git/HEAD": b"ref"})))
    assert not search.in_layer(io.BytesIO(b'{"config": "sk_live_1"}' * 100))
    assert search.layers == 1
    assert search.found == [
        "The secret that lay in the file '.env' is in a layer, in the file '/srv/.env'.",
        "The repository itself is in a layer, as '/srv/.git', with all that was ever committed and taken out again.",
    ]


def test_what_only_the_second_image_has_is_weighed_and_its_packages_are_named():
    base, packages, code = (
        tar_of({"usr/bin/python3": b"x"}),
        tar_of({"srv/lib/python3.11/site-packages/fastapi-0.1.dist-info/METADATA": b"", "srv/lib/site-packages/fastapi/__init__.py": b""}),
        tar_of({"srv/app/main.py": b"x = 1\n"}),
    )
    listed = json.dumps([{"Layers": ["a/layer.tar", "b/layer.tar", "c/layer.tar"]}]).encode()
    saved = tar_of({"a/layer.tar": base, "b/layer.tar": packages, "c/layer.tar": code, "manifest.json": listed})
    api = SimpleNamespace(inspect_image=lambda _: {"RootFS": {"Layers": ["sha256:a", "sha256:b", "sha256:c"]}}, get_image=lambda _: [saved])
    engine = SimpleNamespace(api=api, call=lambda _, fn, *args, **_more: fn(*args))

    small = new_layers(engine, "it", known=["sha256:a", "sha256:b"])
    again = new_layers(engine, "it", known=["sha256:a"])

    assert (small.packages, small.weight) == (set(), len(code))
    assert (again.packages, again.weight) == ({"fastapi"}, len(packages) + len(code))


def test_a_file_that_only_looks_like_a_repository_is_none():
    search = Search({})
    search.in_layer(io.BytesIO(tar_of({"usr/share/git/x": b"", "srv/.gitignore": b"", "srv/.github/x.yml": b""})))

    assert search.found == []


@pytest.mark.parametrize(("old", "new"), [("1.4", "1.5"), ("3.20", "3.21"), ("8.5.1", "8.6.0")])
def test_the_next_minor_version(old, new):
    assert bumped(old) == new


def wheel(folder, name, version, module):
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as packed:
        packed.writestr(f"{name}/__init__.py", module)
        packed.writestr(f"{name}-{version}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\n")
        packed.writestr(f"{name}-{version}.dist-info/RECORD", "all,sha256=x,1\n")


def test_a_newer_release_is_a_wheel_that_pip_takes_for_a_newer_one(tmp_path):
    for name in {name for name, _ in CHANGES}:
        wheel(tmp_path, name, "1.4", 'CENT = Decimal("0.01")\n')
    wheel(tmp_path, "harborline_money", "2.0", "")
    seen = {(made := newer_release(tmp_path, random.Random(seed))).name: made for seed in range(20)}

    assert set(seen) == {f"{name.replace('_', '-')} 1.5" for name, _ in CHANGES}
    money = zipfile.ZipFile(io.BytesIO(seen["harborline-money 1.5"].content))
    assert money.read("harborline_money/__init__.py") == b'CENT = Decimal("0.1")\n'
    assert b"\nVersion: 1.5\n" in money.read("harborline_money-1.5.dist-info/METADATA")
    assert money.read("harborline_money-1.5.dist-info/RECORD").splitlines()[-1] == b"harborline_money-1.5.dist-info/RECORD,,"


def test_without_its_packages_the_company_says_so(tmp_path):
    with pytest.raises(WorldUnavailable, match="packages lack"):
        newer_release(tmp_path, random.Random(1))


def test_conditions_are_drawn_by_the_seed():
    first, again, other = (conditions_of("other-user", random.Random(seed)) for seed in (1, 1, 2))

    assert first == again != other
    assert first.user.endswith(":0")
    assert not conditions_of("no-capabilities", random.Random(1)).has_capabilities
    assert conditions_of("read-only", random.Random(1)).is_read_only
