"""Small labs of our own in the formats that are imported."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

STEP = """\
Make the folder: `mkdir -p /srv/shop`{{exec}}

```bash
# prices
echo 3.50 > /srv/shop/mug
```{{execute}}

Not yours to run: `rm -rf /srv/shop`{{copy}}. See [it]({{TRAFFIC_HOST1_8080}}).
"""
CHECK = "#!/bin/bash\n[ -f /srv/shop/mug ] || { echo 'There is no mug in the shop.'; exit 1; }\n"


def killercoda(folder: Path, **changed: Any) -> Path:
    """A scenario of two steps, one of which is checked; `changed` are keys of its index.json."""
    (folder / "step1").mkdir(parents=True)
    (folder / "assets").mkdir()
    (folder / "intro.md").write_text("# Welcome\n\nA shop of your own.\n")
    (folder / "ready.sh").write_text("touch /tmp/ready\n")
    (folder / "finish.md").write_text("Done.\n")
    (folder / "step1" / "text.md").write_text(STEP)
    (folder / "step1" / "verify.sh").write_text(CHECK)
    (folder / "step2.md").write_text("Look at it.\n")
    (folder / "assets" / "sign.txt").write_text("Open.\n")
    told = {
        "title": "A shop",
        "description": "Open a shop.",
        "details": {
            "intro": {"text": "intro.md", "background": "ready.sh"},
            "steps": [
                {"title": "A mug", "text": "step1/text.md", "verify": "step1/verify.sh"},
                {"title": "Look", "text": "step2.md"},
            ],
            "finish": {"text": "finish.md"},
            "assets": {"host01": [{"file": "*.txt", "target": "/srv/signs"}]},
        },
        "backend": {"imageid": "ubuntu"},
    }
    (folder / "index.json").write_text(json.dumps(told | changed))
    return folder


def instruqt(folder: Path, config: str = "version: '3'\ncontainers:\n- name: shop\n  image: ubuntu\n") -> Path:
    """A track of two challenges with all their scripts."""
    for name, number in (("01-mug", 1), ("02-gnome", 2)):
        (folder / name).mkdir(parents=True)
        (folder / name / "assignment.md").write_text(
            f"---\nslug: step-{number}\ntype: challenge\ntitle: Step {number}\n---\nMake file {number}.\n"
        )
        (folder / name / "setup-shop").write_text(f"agent variable set PLACE{number} /srv/{number}\n")
        (folder / name / "check-shop").write_text(
            f'place=$(agent variable get PLACE{number})\n[ -f "$place" ] || fail-message \'It is not there.\'\n[ -f "$place" ] || exit 1\n'
        )
        (folder / name / "solve-shop").write_text(f"touch $(agent variable get PLACE{number})\n")
        (folder / name / "cleanup-shop").write_text("true\n")
    (folder / "track.yml").write_text("slug: two\ntitle: Two files\nteaser: Make two files.\n")
    (folder / "config.yml").write_text(config)
    return folder
