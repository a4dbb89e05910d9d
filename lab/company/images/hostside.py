"""What of this machine's own settings a build needs to reach the network: certificates, apt's and proxies' addresses.

They lie in a folder that is mounted while an image is made, at /mnt, and are in no layer of it.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Final

from lab import process

MIRROR: Final = "http://deb.debian.org/debian"
SECURITY: Final = "http://deb.debian.org/debian-security"
SUITE: Final = "bookworm"
MOUNT: Final = "/mnt"
_BUNDLES: Final = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT")
_SYSTEM_BUNDLES: Final = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
_PROXIES: Final = re.compile(r"(https?|all|no|ftp)_proxy$", re.IGNORECASE)
_APT: Final = re.compile(r"Acquire::(https?|Retries|Check-Valid-Until|Check-Date|ForceIPv4|ForceIPv6)\b")
_APT_SECONDS: Final = 10
_NEVER: Final = ("::Pipeline-Depth",)


def bundle() -> Path | None:
    """The certificates that this machine trusts; None if it names none."""
    named = [os.environ[name] for name in _BUNDLES if name in os.environ]
    return next((Path(path) for path in (*named, *_SYSTEM_BUNDLES) if Path(path).is_file()), None)


def proxies() -> dict[str, str]:
    """The variables that lead to this machine's proxy."""
    return {name: value for name, value in os.environ.items() if _PROXIES.fullmatch(name) and value}


def apt_settings() -> list[str]:
    """This machine's own settings of how apt fetches: proxies, certificates, dates. Empty where there is no apt."""
    where = shutil.which("apt-config")
    if where is None:
        return []
    said = process.run([where, "dump"], cwd="/", timeout=_APT_SECONDS, env=process.environment(), join=False)
    return [line for line in said.output.splitlines() if _APT.match(line) and not any(word in line for word in _NEVER)]


def mirror() -> str:
    """The Debian mirror that this machine uses; Debian's own where it is no Debian."""
    where = shutil.which("apt-get")
    if where:
        words = [where, "indextargets", "--format", "$(SITE) $(ORIGIN)", "Created-By: Packages"]
        said = process.run(words, cwd="/", timeout=_APT_SECONDS, env=process.environment(), join=False)
        sites = [line.split()[0] for line in said.output.splitlines() if line.split()]
        return next((site.rstrip("/") for site in sites if re.search(r"/debian/?$", site)), MIRROR)
    return MIRROR


def stage(folder: Path) -> None:
    """Write the settings into `folder`, the future /mnt.

    Raises:
        OSError: the disk is full.
    """
    settings = apt_settings()
    certificates = bundle()
    if certificates:
        shutil.copyfile(certificates, folder / "ca.crt")
        settings.append(f'Acquire::https::CaInfo "{MOUNT}/ca.crt";')
    chosen = mirror()
    settings += [f'Dir::Etc::sourcelist "{MOUNT}/sources.list";', 'Dir::Etc::sourceparts "-";', 'APT::Install-Recommends "false";']
    settings += [
        f'Acquire::{name.split("_")[0].lower()}::Proxy "{value}";' for name, value in proxies().items() if name.lower().startswith("http")
    ]
    netrc = Path("/etc/apt/auth.conf")
    if netrc.is_file() and os.access(netrc, os.R_OK):
        shutil.copyfile(netrc, folder / "auth.conf")
        settings.append(f'Dir::Etc::netrc "{MOUNT}/auth.conf";')
    security = chosen.removesuffix("/debian") + "/debian-security" if chosen != MIRROR else SECURITY
    lines = [f"deb {chosen} {SUITE} main", f"deb {chosen} {SUITE}-updates main", f"deb {security} {SUITE}-security main"]
    (folder / "sources.list").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "apt.conf").write_text("\n".join(settings) + "\n", encoding="utf-8")
    exported = "".join(f"export {name}='{value}'\n" for name, value in proxies().items() if "'" not in value)
    (folder / "environment").write_text(exported, encoding="utf-8")
