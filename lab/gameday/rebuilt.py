"""`main` is built, one line of one file is changed, and it is built again, to see what of the first image is in the second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.gameday.facts import CannotJudge
from lab.gameday.imaging import Rebuilt
from lab.gameday.layers import new_layers

if TYPE_CHECKING:
    from lab.gameday.stagehand import Stagehand


def rebuild(hand: Stagehand) -> Rebuilt:
    """Build, change, build; which file of the shop's code: by the seed. The change is a comment and is not pushed.

    Raises:
        CannotJudge: there is no Python file in `app/`.
    """
    dock, git = hand.dock, hand.teammate("tom").git
    files = [path for path in git.lines("ls-files", "-z", "app") if path.endswith(".py") and (git.directory / path).stat().st_size > 0]
    if not files:
        raise CannotJudge("There is no Python file in 'app/' that somebody could change.")
    first = dock.build(clone=git.directory)
    changed = hand.random.choice(sorted(files))
    with (git.directory / changed).open("a", encoding="utf-8") as file:
        file.write(f"\n# {hand.random.choice(('tidied', 'looked at', 'read again'))} by tom\n")
    git.run("commit", "--quiet", "--no-verify", "--all", "-m", "Say who looked at this")
    second = dock.build(clone=git.directory)
    if not first.id or not second.id:
        return Rebuilt(first, second, changed)
    image = dock.engine.image(first.id)
    found = new_layers(dock.engine, second.id, known=image.layers if image else ())
    return Rebuilt(first, second, changed, tuple(sorted(found.packages)), found.weight)
