"""What can be wrong with a Docker engine, each as one sentence with the command that mends it."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import Final

from lab.errors import LabError, Refused, WorldUnavailable

_CONNECT_SECONDS: Final = 2.0
_UNIX: Final = "unix://"
NO_SPACE: Final = ("no space left on device", "disk quota exceeded")
BROKEN_NETWORK: Final = (
    "address pool",
    "docker0",
    "failed to create endpoint",
    "error creating network interface",
    "iptables",
    "network bridge not found",
    "failed to set up container networking",
)
PORT_TAKEN: Final = ("port is already allocated", "address already in use")
SERVER_FAULT: Final = 500
OWN_FAULT: Final = ("executable file not found", "no such file or directory: unknown", "permission denied: unknown", "exec format error")


class Late(WorldUnavailable):
    """The engine did not answer in our time."""


class EngineRefused(Refused):
    """The engine understood and said no; `status` is HTTP's number. The fault is in what was asked."""

    def __init__(self, message: str, *, status: int, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.status = status


def late(seconds: float, what: str) -> Late:
    """The engine that accepts and never answers."""
    return Late(
        f"Docker does not answer: it could not {what} within {seconds:.0f} s.",
        remedy=f"Restart the engine ({start_command()}), then run the command again.",
    )


def elsewhere(address: str) -> WorldUnavailable:
    """An engine on another machine."""
    return WorldUnavailable(
        f"DOCKER_HOST is '{address}', and the lab can only use an engine on this machine, through its socket.",
        remedy="Unset DOCKER_HOST, or name a socket: DOCKER_HOST=unix:///var/run/docker.sock.",
    )


def start_command() -> str:
    """How the engine is started here."""
    if sys.platform == "darwin":
        return "open -a Docker"
    return "sudo systemctl start docker" if Path("/run/systemd/system").is_dir() else "sudo service docker start"


def look_at_socket(address: str) -> None:
    """Tell the three plain cases apart before the SDK is even imported, in milliseconds.

    Raises:
        WorldUnavailable: there is no socket, nobody listens on it, or it is not ours to use.
    """
    if not address.startswith(_UNIX):
        raise elsewhere(address)
    path = address.removeprefix(_UNIX)
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(_CONNECT_SECONDS)
        try:
            probe.connect(path)
        except PermissionError as problem:
            raise _not_ours(path) from problem
        except TimeoutError as problem:
            raise late(_CONNECT_SECONDS, "take a connection") from problem
        except OSError as problem:
            raise _not_running(path) from problem


def _not_ours(path: str) -> WorldUnavailable:
    user = os.environ.get("USER", "$USER")
    return WorldUnavailable(
        f"The Docker engine runs, and your user may not use '{path}'.",
        remedy=f"sudo usermod -aG docker {user}, then log out and in again (this gives '{user}' the rights of root).",
    )


def _not_running(path: str) -> WorldUnavailable:
    return WorldUnavailable(
        f"No Docker engine answers at '{path}'.", remedy=f"Start it ({start_command()}); `lab doctor` says how to get one."
    )


def told(problem: BaseException, what: str) -> BaseException:
    """The sentence for what docker-py raised while it was to `what`. What is no failure of the engine's comes back as it is."""
    from docker.errors import APIError, DockerException  # noqa: PLC0415 - whoever comes here has it imported
    from requests.exceptions import ConnectionError as Lost  # noqa: PLC0415 - as above
    from requests.exceptions import ReadTimeout, RequestException  # noqa: PLC0415 - as above

    if isinstance(problem, LabError):
        return problem
    if isinstance(problem, APIError):
        return _answered(problem.status_code or SERVER_FAULT, str(problem.explanation or problem), what)
    if isinstance(problem, ReadTimeout):
        return late(60, what)
    if isinstance(problem, Lost | RequestException | DockerException | OSError):
        return WorldUnavailable(
            f"The Docker engine went away while it was to {what}.",
            remedy=f"Start it again ({start_command()}), then run the command again.",
        )
    return problem


def _answered(status: int, text: str, what: str) -> LabError:
    low = text.lower()
    said = " ".join(text.split())[:400]
    if any(word in low for word in NO_SPACE):
        return WorldUnavailable(
            f"Docker's disk is full: it could not {what}.", remedy="`lab images prune` frees some; so does `docker system prune`."
        )
    if any(word in low for word in PORT_TAKEN):
        return WorldUnavailable(
            f"Docker could not {what}: a port is taken ({said}).", remedy="Run the command again: another port is taken."
        )
    if any(word in low for word in OWN_FAULT):
        return EngineRefused(f"Docker could not {what}: {said}", status=status)
    if any(word in low for word in BROKEN_NETWORK):
        return WorldUnavailable(
            f"Docker's network is broken: it could not {what} ({said}).",
            remedy="Restart the engine, which makes its network anew; `docker network prune` gives back networks that nobody uses.",
        )
    if status >= SERVER_FAULT:
        return WorldUnavailable(f"Docker could not {what}: {said}", remedy="`lab doctor` looks at the engine.")
    return EngineRefused(f"Docker could not {what}: {said}", status=status)
