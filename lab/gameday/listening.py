"""On which addresses a container listens, as its own kernel says: for whoever wonders why nobody can reach it."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Final

from lab.errors import LabError

if TYPE_CHECKING:
    from lab.company.docker.engine import Engine

LISTENING: Final = "0A"
V4_DIGITS: Final = 8
SECONDS: Final = 5.0


def listens_on(engine: Engine, container: str) -> tuple[str, ...]:
    """The addresses with their ports; empty when there is none, or when the image has no program to read a file with."""
    try:
        done = engine.execute(container, ["cat", "/proc/net/tcp", "/proc/net/tcp6"], timeout=SECONDS)
    except LabError:
        return ()
    return addresses_in(done.output)


def addresses_in(table: str) -> tuple[str, ...]:
    """The listening addresses of `/proc/net/tcp` and `tcp6` (proc(5)): hexadecimal, each 32-bit word in the machine's order."""
    found = []
    for line in table.splitlines():
        words = line.split()
        if len(words) > 3 and words[3] == LISTENING and ":" in words[1]:  # noqa: PLR2004 - the state is the fourth word
            address, _, port = words[1].rpartition(":")
            found.append(f"{_address(address)}:{int(port, 16)}")
    return tuple(dict.fromkeys(found))


def _address(digits: str) -> str:
    raw = bytes.fromhex(digits)
    turned = b"".join(raw[at : at + 4][::-1] for at in range(0, len(raw), 4))
    if len(digits) == V4_DIGITS:
        return str(ipaddress.IPv4Address(turned))
    return f"[{ipaddress.IPv6Address(turned)}]"
