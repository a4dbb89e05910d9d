"""The suite that the learner gets: green, quick, and weak on purpose."""

import json
import subprocess
import sys
import time
from pathlib import Path

from .conftest import clean_environment

WEAKER = {
    "pricing.py": [
        ("quantity >= bulk.limit", "quantity > bulk.limit"),
        ("goods >= shipping.free_from", "goods > shipping.free_from"),
        ("subtotal >= coupon.minimum", "subtotal > coupon.minimum"),
        ("amount.quantize(CENT, rounding=ROUND_HALF_UP)", "Decimal(str(round(float(amount), 2)))"),
        ("country not in coupon.countries", "country in ()"),
    ],
    "inventory.py": [(" AND stock >= ?", " AND 0 <= ?")],
}


def run_shipped_tests(tree: Path, *before: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *before, "pytest", "-q", "-p", "no:cacheprovider"]
    return subprocess.run(command, cwd=tree, env=clean_environment({}), capture_output=True, text=True, timeout=120, check=False)


def test_the_shipped_tests_pass_without_delay_and_cover_between_35_and_50_percent(tree: Path, tmp_path: Path) -> None:
    data = tmp_path / "coverage"
    began = time.monotonic()
    done = run_shipped_tests(tree, "coverage", "run", f"--data-file={data}", "--source=app", "-m")

    assert done.returncode == 0, done.stdout
    assert " skipped" not in done.stdout
    assert time.monotonic() - began < 30
    report = tmp_path / "coverage.json"
    command = [sys.executable, "-m", "coverage", "json", f"--data-file={data}", "-o", str(report)]
    subprocess.run(command, cwd=tree, check=True, capture_output=True)
    percent = json.loads(report.read_text(encoding="utf-8"))["totals"]["percent_covered"]
    assert 35 <= percent <= 50


def test_the_shipped_tests_notice_neither_what_the_learner_must_nor_other_tables(tree: Path) -> None:
    """All at once: a suite that passes then notices none of them, and one run tells."""
    for file, changes in WEAKER.items():
        path = tree / "app" / file
        text = path.read_text(encoding="utf-8")
        for good, bad in changes:
            assert good in text
            text = text.replace(good, bad)
        path.write_text(text, encoding="utf-8")
    products = json.loads((tree / "data" / "products.json").read_text(encoding="utf-8"))
    cheap = [{**product, "price": "1.07"} for product in products[:3]]
    (tree / "data" / "products.json").write_text(json.dumps(cheap), encoding="utf-8")
    (tree / "data" / "bulk.json").write_text('{"limit": 3, "percent": "12.5"}', encoding="utf-8")

    done = run_shipped_tests(tree)

    assert done.returncode == 0, done.stdout
