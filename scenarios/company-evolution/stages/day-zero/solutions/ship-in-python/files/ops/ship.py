"""Bring a commit to the server, or take the last one back: `ship.py deploy COMMIT`, `ship.py rollback`.

This end packs; ops/agent.py, which is copied to the server each time, does the rest there.
"""

import subprocess
import sys
from pathlib import Path

SERVER = "web1"
AGENT = Path(__file__).with_name("agent.py")


def main(args: list[str]) -> int:
    """Do what the arguments say; give the exit code."""
    match args:
        case ["deploy", commit]:
            found = subprocess.run(["git", "rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}"], stdout=subprocess.PIPE, text=True)
            if found.returncode != 0:
                print(f"ship: there is no commit '{commit}' in this clone", file=sys.stderr)
                return 2
            sha = found.stdout.strip()
            parcel = subprocess.run(["git", "archive", "--format=zip", sha], check=True, stdout=subprocess.PIPE).stdout
            return on_server(f"deploy {sha}", parcel)
        case ["rollback"]:
            return on_server("rollback")
    print(__doc__, file=sys.stderr)
    return 2


def on_server(words: str, parcel: bytes = b"") -> int:
    """Run the agent on the server, with the parcel as its input."""
    # written beside and renamed: a second deployment never runs half an agent
    install = "mkdir -p ship && cat >ship/agent.$$ && mv -f ship/agent.$$ ship/agent.py"
    subprocess.run(["ssh", SERVER, install], input=AGENT.read_bytes(), check=True)
    return subprocess.run(["ssh", SERVER, f"python3 ship/agent.py {words}"], input=parcel).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
