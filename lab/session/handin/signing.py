"""Signatures over a manifest, by `ssh-keygen -Y`: the tool that every machine with an SSH client has."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

from lab import process, rooms
from lab.errors import Refused, UsageProblem

NAMESPACE: Final = "harborline-bundle"
SIGNER: Final = "instructor"
_PATIENCE: Final = 30.0


def sign(content: bytes, key: Path) -> bytes:
    """The signature of `content` with the SSH key in the file `key`; one with a passphrase must be in the agent, named by its `.pub`.

    Raises:
        UsageProblem: there is no such key, or it can't be used.
    """
    if not key.is_file():
        raise UsageProblem(f"There is no key '{key}'.", remedy="Make one: ssh-keygen -t ed25519 -f KEY")
    with tempfile.TemporaryDirectory(prefix=rooms.prefix("sign")) as room:
        told = Path(room) / "manifest"
        told.write_bytes(content)
        done = process.run(
            ["ssh-keygen", "-q", "-Y", "sign", "-n", NAMESPACE, "-f", str(key.resolve()), str(told)],
            cwd=room, env=process.environment(_agent()), timeout=_PATIENCE, join=True,
        )  # fmt: skip
        made = told.with_suffix(".sig")
        if not done.is_success or not made.is_file():
            said = done.output.strip().splitlines()[-1:] or ["it said nothing"]
            raise UsageProblem(f"'{key}' signs nothing: {said[0]}.", remedy="Name an SSH private key: ssh-keygen -t ed25519 -f KEY")
        return made.read_bytes()


def check(content: bytes, signature: bytes, public: Path) -> None:
    """That `signature` is one of `content`, by the owner of the key `public` (a `.pub` file).

    Raises:
        UsageProblem: there is no such key.
        Refused: it is not.
    """
    try:
        kind, key = public.read_text(encoding="utf-8").split()[:2]
    except (OSError, ValueError) as problem:
        raise UsageProblem(f"'{public}' is no public SSH key.", remedy="Name the file that ends with '.pub'.") from problem
    with tempfile.TemporaryDirectory(prefix=rooms.prefix("sign")) as room:
        allowed, signed = Path(room) / "allowed", Path(room) / "signature"
        allowed.write_text(f'{SIGNER} namespaces="{NAMESPACE}" {kind} {key}\n', encoding="utf-8")
        signed.write_bytes(signature)
        done = process.run(
            ["ssh-keygen", "-q", "-Y", "verify", "-n", NAMESPACE, "-I", SIGNER, "-f", str(allowed), "-s", str(signed)],
            cwd=room, env=process.environment(), timeout=_PATIENCE, stdin=content, join=True,
        )  # fmt: skip
    if not done.is_success:
        raise Refused(f"Its signature is not one by the key '{public}'.")


def _agent() -> dict[str, str]:
    return {name: os.environ[name] for name in ("SSH_AUTH_SOCK", "HOME") if name in os.environ}
