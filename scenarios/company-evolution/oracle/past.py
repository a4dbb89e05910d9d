"""What happened before the learner came: the month of small commits between what runs on web1 and the tag `friday`."""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha1
from typing import TYPE_CHECKING, Any

from .changes import NoChange, apply_patch, change
from .money import Tables, dice
from .rendering import data_files

if TYPE_CHECKING:
    from random import Random

Past = dict[str, Any]
Files = dict[str, str]

DOCS: Files = {
    "docs/shipping.md": "# Shipping\n\nParcels leave the harbour at four in the afternoon, Monday to Friday.\n"
    "What it costs stands in `data/shipping.json`.\n",
    "docs/returns.md": "# Returns\n\nAn order can be sent back within 30 days. "
    "Cancelled orders go back on the shelf, returned goods do not.\n",
    "docs/coupons.md": "# Coupons\n\nA coupon has a code, a kind (`percent` or `amount`), a minimum and perhaps a list of countires.\n",
    "docs/deploy.md": "# How to deploy\n\nAsk the server guy.\n",
    "docs/people.md": "# Who is who\n\n- Lena: product\n- Priya: backend\n- Tom: backend (intern)\n- Ana: mobile app\n- Raj: data\n",
    "CHANGELOG.md": "# Changelog\n\n## March\n\n- The shop opened in Switzerland.\n",
}

# author, message, file, what is replaced (nothing: the end of the file), by what
TEXTS: tuple[tuple[str, str, str, str, str], ...] = (
    ("ana", "Fix a typo in the coupon notes", "docs/coupons.md", "countires", "countries"),
    ("priya", "Say where coupons live", "docs/coupons.md", "", "They stand in `data/coupons.json`.\n"),
    ("raj", "Note who reads the outbox", "docs/people.md", "", "\nThe nightly report reads `/admin/export`; ask Raj about it.\n"),
    ("lena", "Welcome Mei", "docs/people.md", "- Raj: data\n", "- Raj: data\n- Mei: data science\n"),
    ("lena", "Parcels leave at five now", "docs/shipping.md", "four in the afternoon", "five in the afternoon"),
    ("priya", "Explain when shipping is free", "docs/shipping.md", "", "A coupon's discount counts before shipping becomes free.\n"),
    ("ana", "Returns: name the status codes", "docs/returns.md", "", "Too late is answered with 409, so that the app can say why.\n"),
    ("tom", "typo", "docs/returns.md", "on the shelf", "onto the shelf"),
    ("tom", "Deploy notes from last time", "docs/deploy.md", "", "\nLast time it took two hours because the requirements had changed.\n"),
    ("raj", "Deploy notes: the database is a file", "docs/deploy.md", "", "\nDo not delete `storefront.db` on the server. Ever.\n"),
    ("priya", "Changelog for April", "CHANGELOG.md", "## March", "## April\n\n- Clearer product names.\n- New prices.\n\n## March"),
    ("ana", "Changelog: mention the app", "CHANGELOG.md", "- Clearer product names.", "- Clearer product names, also in the app."),
    ("lena", "Say who decides prices", "docs/people.md", "- Lena: product", "- Lena: product, and all prices"),
)  # fmt: skip

TABLES: tuple[tuple[str, str, str], ...] = (
    ("lena", "price-rise", "Prices: {category} up by about {percent} percent"),
    ("lena", "price-cut", "{name} now costs {price}"),
    ("ana", "product-text", "Call {sku} '{name}', as on the label"),
    ("priya", "coupon-minimum", "{coupon} is good from {minimum}"),
    ("lena", "shipping-cost", "Shipping to {country} costs {cost}"),
    ("priya", "tax-rate", "Tax: {kind} rate of {country} is {rate} from the first"),
)
TABLE_COMMITS = 16
VERSION = {"VERSION": "$Format:%H$\n"}  # said here too: whoever got this repository as an archive has our own commit in that file
ATTEMPTS = 20

TOMS_FIX = '''"""Totals in whole cents, whatever the steps before made of them."""

from dataclasses import replace
from decimal import Decimal

from app.pricing import Quote


def adjust(quote: Quote) -> Quote:
    """Return the quote with a total of whole cents."""
    cents = int(float(quote.total) * 100)
    return replace(quote, total=Decimal(cents) / 100)
'''


def history(seed: int, tables: Tables) -> list[Past]:
    """The past of the company of this seed, oldest first; `tables` are those that it opened with.

    Each entry has author, message, days (before today), files (path: text, to be laid over the tree), tables (a patch),
    change_id, tag (or None), label and breaks. The first is tagged `web1`: its files complete the app's start tree. The last
    but one is tagged `friday`; the very last, `toms-fix`, is friday and one file of Tom's.
    """
    for attempt in range(ATTEMPTS):
        with suppress(NoChange):
            return _month(seed, tables, dice("past", seed, attempt))
    raise NoChange(f"no month of changes could be made up for seed {seed}")


def _month(seed: int, tables: Tables, luck: Random) -> list[Past]:
    state, now = dict(DOCS), tables
    entries = [_entry(seed, 0, "priya", "Open the shop in Switzerland", 31, state | data_files(tables) | VERSION, {}, tag="web1")]
    plan = _plan(luck)
    for number, step in enumerate(plan, start=1):
        days = round(30 - 29 * number / (len(plan) + 1), 2)
        if len(step) == len(TEXTS[0]):
            author, message, path, old, new = step
            state[path] = state[path].replace(old, new, 1) if old else state[path] + new
            entries.append(_entry(seed, number, author, message, days, {path: state[path]}, {}))
            continue
        author, recipe, message = step
        made = change(recipe, now, luck.randrange(10**6), is_last=False)
        entries.append(_entry(seed, number, author, message.format(**made["words"]), days, _changed(now, made["patch"]), made["patch"]))
        now = apply_patch(now, made["patch"])
    made = change("friday", now, seed)
    wish = f"Free shipping from {made['words']['limit']}\n\nLena wants it live before lunch."
    entries.append(_entry(seed, len(plan) + 1, "lena", wish, 0.9, _changed(now, made["patch"]), made["patch"], tag="friday"))
    fix = {"app/promotions/rounding.py": TOMS_FIX}
    tom = _entry(seed, len(plan) + 2, "tom", "tiny cleanup: totals in whole cents", 0.1, fix, {}, tag="toms-fix")
    return [*entries, {**tom, "label": "bad", "breaks": ["float-cents"]}]


def _plan(luck: Random) -> list[tuple[str, ...]]:
    """The month's steps in a new order; steps on one text keep theirs."""
    steps: list[tuple[str, ...]] = [*TEXTS, *(luck.choice(TABLES) for _ in range(TABLE_COMMITS))]
    order = list(range(len(steps)))
    luck.shuffle(order)
    texts = iter(TEXTS)
    return [next(texts) if place < len(TEXTS) else steps[place] for place in order]


def _changed(tables: Tables, patch: dict[str, Any]) -> Files:
    before, after = data_files(tables), data_files(apply_patch(tables, patch))
    return {path: text for path, text in after.items() if before[path] != text}


def _entry(  # noqa: PLR0913, PLR0917 - the fields of an entry, in their order
    seed: int, number: int, author: str, message: str, days: float, files: Files, patch: dict[str, Any], *, tag: str | None = None
) -> Past:
    change_id = "I" + sha1(f"{seed}/{number}".encode(), usedforsecurity=False).hexdigest()
    told = {"author": author, "message": message, "days": days, "files": files, "tables": patch, "change_id": change_id}
    return {**told, "tag": tag, "label": "good", "breaks": []}
