#!/usr/bin/env python3
"""Plays the first three stages as a learner does, through the real commands, and writes down what they say.

    .venv/bin/python setup/transcript.py docs/transcript.md            C0 to C2, and the README's first ten minutes
    .venv/bin/python setup/transcript.py docs/transcript.md --first    only the first ten minutes

Everything happens in a temporary folder; what was started is ended, however this ends. Nothing in the text is made up: a command
that ends otherwise than a learner's would is an error, and nothing is written.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LAB = ROOT / ".venv" / "bin" / "lab"
STAGES = ROOT / "scenarios" / "company-evolution" / "stages"
SEED = 7
PATIENCE = 3600
WIDTH = 112
README_LINES = 9
START, END = "<!-- transcript:start -->", "<!-- transcript:end -->"
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")


@dataclass
class Step:
    """One command with what it printed; `at` and `seconds` are real time. `is_first` marks the README's part."""

    said: str
    shown: str
    printed: str
    at: float
    seconds: float
    is_first: bool


@dataclass
class Learner:
    """Somebody at a shell in a temporary folder: each command is typed in a shell that has sourced `enter`."""

    home: Path
    began: float = field(default_factory=time.monotonic)
    steps: list[Step | str] = field(default_factory=list)
    is_first: bool = False

    def say(self, text: str) -> None:
        """Write a heading or a sentence between two commands."""
        print(text, file=sys.stderr, flush=True)
        self.steps.append(text)

    def wait(self, seconds: float) -> None:
        """Let customers buy for a while, as they do while a person reads."""
        time.sleep(seconds)

    def until(self, command: str, expect: str, *, said: str = "", seconds: float = 90.0) -> None:
        """Type a command again and again, as one who waits does, until it prints something; only the last time is written down.

        Raises:
            SystemExit: it never did.
        """
        deadline = time.monotonic() + seconds
        while True:
            begun = len(self.steps)
            printed = self.type(command, said)
            if expect in printed or time.monotonic() > deadline:
                break
            del self.steps[begun:]
            self.wait(3)
        if expect not in printed:
            raise SystemExit(f"'{command}' did not print '{expect}' within {seconds:.0f} s:\n{printed}")

    def type(self, command: str, said: str = "", *, code: int = 0, shown: str = "", expect: str = "") -> str:
        """Type a command; `shown` is how the transcript writes it, `expect` what it must print.

        Raises:
            SystemExit: it ended with another code, or did not print that.
        """
        at = time.monotonic() - self.began
        print(f"  {at:6.1f} s  $ {shown or command}", file=sys.stderr, flush=True)
        enter = f"if [ -f {self.home}/harborline/enter ]; then . {self.home}/harborline/enter >/dev/null; fi\n"
        done = subprocess.run(
            ["sh", "-c", enter + command],
            cwd=self.home,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=PATIENCE,
            check=False,
        )
        printed = self.cleaned(done.stdout.decode("utf-8", "replace"))
        seconds = time.monotonic() - self.began - at
        if done.returncode != code or expect not in printed:
            raise SystemExit(
                f"'{command}' ended with {done.returncode} ({code} was expected, and '{expect}' in what it printed):\n{printed}"
            )
        self.steps.append(Step(said, shown or command, printed, at, seconds, self.is_first))
        return printed

    def cleaned(self, text: str) -> str:
        """The text as it would stand on the screen of somebody whose home is `~`."""
        text = ESCAPES.sub("", text).replace(str(self.home), "~").replace(str(ROOT), "~/lab")
        return "\n".join(line.rstrip() for line in text.splitlines() if line.strip("remote: ") or not line)  # noqa: B005 - a set of signs

    def save(self, message: str, *, said: str = "", code: int = 0) -> None:
        """Commit everything and push it."""
        self.type(f"git add --all && git commit --quiet -m {shlex.quote(message)}", said)
        self.type("git pull --quiet --rebase && git push", code=code)

    def take(self, stage: str, solution: str, *paths: str, said: str = "") -> None:
        """Take files of a reference solution over into the clone."""
        source = STAGES / stage / "solutions" / solution / "files"
        script = f"(cd {shlex.quote(str(source))} && tar -cf - {' '.join(paths)}) | tar -xf -"
        self.type(script, said, shown=f"cp -R {' '.join(f'SOLUTION/{path}' for path in paths)} .   # of '{stage}/solutions/{solution}'")


def environment() -> dict[str, str]:
    """This environment with the lab on the PATH, and nothing of this person's git in it."""
    git = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_PAGER": "cat"}
    return {**os.environ, **git, "PATH": f"{LAB.parent}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1"}


def first_ten_minutes(me: Learner) -> None:
    """By hand: Friday's release, Tom's fix, and back; with the mistake that everybody makes."""
    me.say("## C0 · Day zero\n\n### By hand")
    me.is_first = True
    me.type(f"lab start --dir harborline --seed {SEED}", "`make play` ends with this.", expect="is open")
    me.type("lab", "Paste the line, and ask where you are.", shown=". harborline/enter && lab", expect="friday")
    me.type("lab ssh web1 'ls; ls app'", "One folder, one process, no history: the whole of production.")
    me.type("git archive friday | lab ssh web1 'tar -x -C app && ./restart'", "So bring `friday` there.", expect="The shop runs.")
    me.wait(4)
    me.type("lab check", "The first green.", expect="✓ passed  Customers see Friday's release", code=1)
    me.type(
        "git fetch --quiet --tags && git archive toms-fix | lab ssh web1 'tar -x -C app && ./restart'",
        "Tom is in a hurry, and the same command brings his fix to customers.",
        expect="The shop runs.",
    )
    me.until("lab team", "cent off", said="What do customers say to that?")
    me.type("lab")
    me.type("git archive friday | lab ssh web1 'tar -x -C app && ./restart'", "Back to Friday, then: the same command once more.")
    me.wait(4)
    me.type("lab check", "It was not that simple.", code=1, expect="✗ failed")
    me.type("lab hint", expect="Hint 1 of 3")
    me.type(
        "git archive friday | lab ssh web1 'rm -rf app && mkdir app && tar -x -C app && ./restart'", "An empty folder has nothing of Tom's."
    )
    me.wait(4)
    me.type("lab check", "The first milestone.", expect="✓ passed  Customers have back what they had")
    me.is_first = False


def day_zero(me: Learner) -> None:
    """The other milestones of C0 with the first reference solution."""
    me.say("### One command that anyone can run")
    me.type("lab check", "What does the second milestone want?", code=1, expect="✗ failed")
    me.take(
        "day-zero", "releases-and-a-symlink", "ops", "harborline.yaml", said="A folder for each release and a link to the one that is live."
    )
    me.save("Deploy and roll back with one command")
    me.type("lab check", expect="passed")
    me.say("### The way back")
    me.type("lab check", expect="All core checks pass")
    me.type("lab score")
    me.type("lab next", "Two other seeds decide; then the next stage opens.", expect="is passed")


def local_tests(me: Learner) -> None:
    """C1 with the first reference solution, a part at a time."""
    me.say("## C1 · Tests on my machine\n\n### One test that notices Tuesday's bug")
    name = "githooks-and-pytest"
    me.take("local-tests", name, "Makefile", "harborline.yaml", said="A `test` verb first. Perhaps the tests that are there will do?")
    me.save("Name the tests' command")
    me.type("lab check", code=1, expect="✗ failed")
    me.type("lab hint")
    me.take("local-tests", name, "tests", said="Tests at the boundaries, with the numbers of the tables.")
    me.save("Test prices, stock and settings at their boundaries")
    me.type("lab check", expect="passed")
    me.say("### It runs before every commit")
    me.type("lab check", code=1, expect="✗ failed")
    me.take("local-tests", name, ".githooks", said="A hook that travels with the repository, and tests what is staged.")
    me.type("make setup")
    me.save("Test what is staged before every commit")
    me.type("lab check", expect="Milestone reached")
    me.until("lab team", "I took it back", said="Tom walks past the hook, and Priya takes back what he pushed.")
    me.type("git pull --rebase && lab log --all | grep 'ref.updated' | tail -n 3", "The forge's ledger has seen both.", expect="tom")
    me.say("### It notices the rest")
    me.type("lab check", expect="passed")
    me.say("### What is committed, not what lies about")
    me.type("lab check", expect="All core checks pass")
    me.type("lab next", expect="is passed")


def the_gate(me: Learner) -> None:
    """C2 with the first reference solution, after a pipeline that is always green."""
    me.say("## C2 · The gate\n\n### A push gets a red or a green answer")
    name = "junit-and-owners"
    trap = shlex.quote(str(STAGES / "the-gate" / "traps" / "or-true" / "solve.sh"))
    parts = (".github/workflows", ".github/scripts", "requirements.txt", "requirements-dev.txt")
    me.take("the-gate", name, *parts, said="A workflow. The tests complain a lot, so their result had better not stop anybody …")
    me.type(f"sh {trap}", shown="sed -i 's/pytest .*/& || true/' .github/workflows/ci.yml   # the trap 'or-true'")
    me.save("Add a pipeline")
    me.type("lab check", code=1, expect="✗ failed")
    me.take("the-gate", name, ".github/workflows", said="Their result is what it is for.")
    me.save("Let the pipeline fail when tests do")
    me.type("lab check", expect="passed")
    me.say("### Never falsely green")
    me.type("lab check", expect="passed")
    me.say("### Main is guarded")
    me.type("lab check", code=1, expect="✗ failed")
    me.take("the-gate", name, ".github/CODEOWNERS", ".github/rulesets", said="Rules for `main`, and an owner for what they rest on.")
    me.save("Guard main")
    me.type("lab check", expect="passed")
    me.type(
        "git commit --quiet --allow-empty -m 'Straight to main' && git push; git reset --quiet --hard HEAD~1",
        "The gate holds for us, too.",
        expect="refused",
    )
    test = "def test_the_gate_is_ours() -> None:\\n    assert 1 + 1 == 2\\n"
    me.type(
        f"git switch --quiet --create one-more-test && printf '{test}' > tests/unit/test_gate.py && git add --all"
        " && git commit --quiet -m 'One more test' && git push --quiet --set-upstream origin one-more-test",
        "So by a pull request. It changes tests, and these are Sam's.",
    )
    number = me.type("lab pr create", expect="Opened pull request").partition("#")[2].partition(":")[0]
    me.type(f"lab pr merge {number} --auto", expect="will be merged by itself")
    me.until(f"lab pr view {number}", "sam reads", said="The pipeline first, then Sam.")
    me.until(f"lab pr view {number}", "merged", said="Six minutes of Sam's time later:")
    me.type("git switch --quiet main && git pull --quiet && lab pr list --state all")
    me.say("### It cannot be talked round")
    me.type("lab check", expect="All core checks pass")
    me.type("lab next", expect="passed")
    me.type("lab score")


def page(steps: list[Step | str]) -> str:
    """The whole transcript as Markdown."""
    today = dt.datetime.now(tz=dt.UTC).date().isoformat()
    lines = [
        "# C0 to C2, played from end to end",
        "",
        f"Played by `make transcript` on {today} with seed {SEED}. Every line is what the commands printed; the times are the machine's,",
        "since it does not read. `SOLUTION` is a stage's reference solution, in `scenarios/company-evolution/stages/`.",
        "",
    ]
    for step in steps:
        lines += [step, ""] if isinstance(step, str) else [*_block(step, most=60), ""]
    return "\n".join(lines)


def shortened(steps: list[Step | str]) -> str:
    """The first ten minutes for the README: one block, the first lines of each answer."""
    parts = []
    for step in steps:
        if isinstance(step, Step) and step.is_first:
            said = [f"# {step.said.replace('`', '')}"] if step.said else []
            parts.append("\n".join([*said, *(line for line in _shown(step, most=README_LINES) if line)]))
    return "\n".join(["```console", "\n\n".join(parts), "```"])


def _block(step: Step, *, most: int) -> list[str]:
    return [*([step.said, ""] if step.said else []), "```console", *_shown(step, most=most), "```"]


def _shown(step: Step, *, most: int) -> list[str]:
    """The command with its time, and the first lines of what it printed."""
    clock = f"{int(step.at) // 60}:{int(step.at) % 60:02d}"
    head = f"$ {step.shown}"
    lines = [f"{head:<88}  # {clock}, {step.seconds:.1f} s"]
    printed = [part for line in step.printed.splitlines() for part in _folded(line)]
    cut = len(printed) - most
    return lines + (printed if cut <= 1 else [*printed[:most], f"… ({cut} more lines)"])


def _folded(line: str) -> list[str]:
    indent = line[: len(line) - len(line.lstrip())] + "  "
    return textwrap.wrap(line, WIDTH, subsequent_indent=indent, break_on_hyphens=False, drop_whitespace=True) or [""]


def into_readme(text: str) -> None:
    """Put the text between the README's markers."""
    readme = ROOT / "README.md"
    before, _, rest = readme.read_text(encoding="utf-8").partition(START)
    _, found, after = rest.partition(END)
    if not found:
        raise SystemExit(f"README.md has no '{START}' … '{END}', so nothing was written there.")
    readme.write_text(f"{before}{START}\n{text}\n{END}{after}", encoding="utf-8")


def main() -> int:
    """Play, end, write."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("path", type=Path, help="the file that gets the transcript")
    words.add_argument("--first", action="store_true", help="only the first ten minutes, into the README alone")
    given = words.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    home = Path(tempfile.mkdtemp(prefix="lab-play-")).resolve()
    me = Learner(home)
    try:
        first_ten_minutes(me)
        if not given.first:
            day_zero(me)
            local_tests(me)
            the_gate(me)
    finally:
        subprocess.run([LAB, "-C", home / "harborline", "down"], cwd=ROOT, check=False, stdout=subprocess.DEVNULL)
        shutil.rmtree(home, ignore_errors=True)
    if not given.first:
        given.path.parent.mkdir(parents=True, exist_ok=True)
        given.path.write_text(page(me.steps), encoding="utf-8")
    into_readme(shortened(me.steps))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
