"""Scenes with containers in a process of their own, to be killed at any moment. It is told the company and a delay for each scene.

The delays are seconds. It says `ready`, then `copy ID` as soon as there is a throwaway company, and `over SECONDS` when a scene has ended.
"""

from __future__ import annotations

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).parents[1] / "company"))

import company_kit

from lab.company.company import Company
from lab.company.docker.values import Spec
from lab.company.pipelines.toolchain import Toolchain
from lab.company.verbs import run_verb
from lab.gameday.play import play_scene

IMAGE = "lab/registry:2"


def say(*words: object) -> None:
    sys.stdout.write(f"{' '.join(str(word) for word in words)}\n")
    sys.stdout.flush()


class Everything:
    """One of each: a registry, a verb that makes an image, a network, a volume and a container by itself, a container of ours."""

    def is_served(self) -> bool:
        return False

    def play(self, hand) -> None:
        harbour = hand.company.harbour
        registry = harbour.open()
        clone = hand.folder("clone")
        clone.mkdir()
        image = f"{registry.name}/try:1"
        (clone / "Dockerfile").write_text(f"FROM {IMAGE}\nRUN echo {hand.company.id} >/made\n")
        name = hand.company.id
        lines = [
            "set -e",
            "sleep 60 >/dev/null 2>&1 &",
            f"docker network create {name}-n",
            f"docker volume create {name}-v",
            f"docker build -t {image} .",
            f"docker run -d --network {name}-n -v {name}-v:/v -v /unnamed {image} sleep 60",
        ]
        (clone / "all").write_text("\n".join(lines))
        (clone / "harborline.yaml").write_text("build: [sh, all]\n")
        env = hand.environment() | hand.dock.environment()
        done = run_verb(clone, "build", env=env, timeout=60, mark=hand.new_mark())
        assert done.is_success, done.output
        harbour.engine.run(Spec(IMAGE, command=("sleep", "60")), harbour.owner)


def main(root: Path, delays: list[float]) -> None:
    """Open the company, and play."""
    company = Company.open(root, parts=replace(company_kit.parts(root.parent / "cache"), toolchain=Toolchain.find()))
    made = company.copy

    def copy(*words, **named):
        found = made(*words, **named)
        say("copy", found.id)
        return found

    def one(delay: float) -> None:
        time.sleep(delay)
        scene = SimpleNamespace(id="kill", events=[SimpleNamespace(what=Everything(), kind="everything", label="all")])
        began = time.monotonic()
        facts = play_scene(scene, company, seed=1, slots=threading.BoundedSemaphore(1), tell=lambda _: None)
        say("over", time.monotonic() - began, facts.outcomes.get("all", ""))

    company.copy = copy  # type: ignore[method-assign]
    say("ready")
    with ThreadPoolExecutor(len(delays)) as pool:
        list(pool.map(one, delays))


if __name__ == "__main__":
    main(Path(sys.argv[1]), [float(word) for word in sys.argv[2:]])
