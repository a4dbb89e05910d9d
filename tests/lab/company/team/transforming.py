"""Makes of the sample app what a busy learner may make of it: reformatted, split into modules, functions renamed."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

RENAMED = {
    "round_to_cents": "to_cents", "price_line": "line_for", "find_coupon": "coupon_for",
    "is_coupon_valid": "accepts", "apply_coupon": "reduction", "shipping_cost": "postage",
    "tax_rate": "rate_for", "tax_on_lines": "taxes_of",
    "price_cart": "work_out", "check_country": "require_country", "find_product": "product_for", "shop_of": "current_shop",
    "open_shop": "build_shop", "list_skus": "skus_in", "stock_of": "pieces_left", "reserve": "take_pieces", "release": "give_back_pieces",
    "in_lock_order": "sorted_lines", "load_tables": "tables_from", "quote_cart": "answer_quote", "list_products": "answer_products",
    "show_product": "answer_product", "place_order": "answer_order", "goods": "worth",
    "is_returnable": "may_come_back", "take_back": "accept_return",
    "read_settings": "settings_from", "problems_with": "complaints_about",
}  # fmt: skip
MODULES = {
    "round_to_cents": "rounding", "line_total": "lines", "price_line": "lines", "find_product": "lines", "find_coupon": "coupons",
    "is_coupon_valid": "coupons", "apply_coupon": "coupons", "shipping_cost": "shipping", "check_country": "shipping", "tax_rate": "taxes",
    "tax_on_lines": "taxes", "price_cart": "carts",
}  # fmt: skip


def transform(root: Path) -> Path:
    """Change the copy in `root` in place; gives `root`."""
    split(root / "app" / "pricing.py")
    for path in sorted(root.glob("app/**/*.py")) + sorted(root.glob("tests/**/*.py")):
        text = path.read_text(encoding="utf-8")
        for old, new in RENAMED.items():
            text = re.sub(rf"(?<![\"'\w]){old}\b", new, text)
        path.write_text(ast.unparse(ast.parse(text)) + "\n", encoding="utf-8")
    return root


def split(path: Path) -> None:
    """Make a package of pricing.py: values, rounding, lines, coupons, shipping, taxes, carts."""
    text = path.read_text(encoding="utf-8")
    module = ast.parse(text)
    imports = [ast.get_source_segment(text, node) or "" for node in module.body if isinstance(node, ast.Import | ast.ImportFrom)]
    parts: dict[str, list[str]] = {}
    home: dict[str, str] = {}
    for node in module.body:
        if isinstance(node, ast.Import | ast.ImportFrom | ast.Expr):
            continue
        names = (
            [node.name]
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
            else [one.id for one in node.targets if isinstance(one, ast.Name)]
        )
        place = MODULES.get(names[0], "values")
        first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
        parts.setdefault(place, []).append("\n".join(text.splitlines()[first - 1 : node.end_lineno]))
        home |= dict.fromkeys(names, place)
    package = path.with_suffix("")
    package.mkdir()
    path.unlink()
    for place, bodies in parts.items():
        code = "\n\n\n".join(bodies)
        used = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
        others = [f"from app.pricing.{home[name]} import {name}" for name in sorted(used) if home.get(name, place) != place]
        (package / f"{place}.py").write_text("\n".join([*imports, *others]) + "\n\n\n" + code + "\n", encoding="utf-8")
    doors = [f"from app.pricing.{place} import {name}" for name, place in home.items()]
    (package / "__init__.py").write_text('"""What a cart costs."""\n' + "\n".join(doors) + "\n", encoding="utf-8")
