"""The company's keys, and the SSH configuration with which plain `ssh`, `scp` and `rsync` reach its servers by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lab.company.servers.ports import LOOPBACK, write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

USER: Final = "deploy"
ALGORITHM: Final = "ssh-ed25519"
_HEAD: Final = """\
# How to reach the company's servers. Written by the lab each time they start: changes here are lost.
"""
_HOST: Final = """\
Host {name}
  HostName {address}
  Port {port}
  HostKeyAlias {name}
  User {user}
  IdentityFile {identity}
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile {known}
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  PreferredAuthentications publickey
  ConnectTimeout 10
  ControlMaster no
  ControlPath none
  ForwardAgent no
  ForwardX11 no
  LogLevel ERROR
  SendEnv LAB_ACTOR

"""


@dataclass(frozen=True)
class Keys:
    """The keys of one company in `directory`; each is made when first asked for, and stays."""

    directory: Path

    @property
    def identity(self) -> Path:
        """The private key that every server lets in."""
        return self._made("id_ed25519", comment="harborline")

    @property
    def authorized(self) -> str:
        """The public half, as a line of `authorized_keys`."""
        return self.identity.with_suffix(".pub").read_text(encoding="utf-8")

    def host(self, server: str) -> Path:
        """The private host key of a server."""
        return self._made(f"host_{server}", comment=server)

    def host_public(self, server: str) -> str:
        """The public host key of a server, as a line."""
        return self.host(server).with_suffix(".pub").read_text(encoding="utf-8")

    def _made(self, name: str, *, comment: str) -> Path:
        private = self.directory / name
        public = private.with_suffix(".pub")
        if not (private.exists() and public.exists()):
            import asyncssh  # noqa: PLC0415 - a quarter of a second, and keys are made once

            self.directory.mkdir(parents=True, mode=0o700, exist_ok=True)
            key = asyncssh.generate_private_key(ALGORITHM, comment=comment)
            write_whole(private, key.export_private_key().decode(), mode=0o600)
            write_whole(public, key.export_public_key().decode())
        return private


def write_ssh_config(path: Path, *, keys: Keys, ports: Mapping[str, int]) -> None:
    """Write an SSH configuration for `-F` that names each server of `ports`, and `known_hosts` beside it.

    Raises:
        WorldUnavailable: the disk is full or the directory can't be written.
    """
    known = path.with_name("known_hosts")
    write_whole(known, "".join(f"{name} {keys.host_public(name)}" for name in ports))
    hosts = (
        _HOST.format(name=name, address=LOOPBACK, port=port, user=USER, identity=_quoted(keys.identity), known=_quoted(known))
        for name, port in ports.items()
    )
    write_whole(path, _HEAD + "".join(hosts))


def _quoted(path: Path) -> str:
    """A path as ssh_config reads it: quoted, with the percent sign doubled."""
    return '"' + str(path).replace("%", "%%") + '"'
