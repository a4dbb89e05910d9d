"""Two customers a second, for whoever looks at the shop by hand: they look, ask for a price, and one in five buys.

Those of the game know what every total should be (`lab/company/customers`); these only see whether the sum of a quote's lines is there.
"""

import json
import random
import sys
import time
import urllib.error
import urllib.request
import uuid

DICE = random.Random()  # noqa: S311 - who comes next is no secret
EVERY = 0.5
TELL = 20
BUYS = 5
SOLD_OUT = 409


def ask(url: str, body: object = None, **headers: str) -> dict:
    """The answer's JSON."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **headers})  # noqa: S310 - an address of ours
    with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - as above
        return json.load(answer)


def visit(door: str) -> None:
    """One customer; raises OSError or ValueError where the shop lets them down."""
    products = ask(f"{door}/products")["products"]
    chosen = DICE.sample(products, k=min(len(products), DICE.randint(1, 3)))
    cart = {
        "country": DICE.choice(["DE", "FR", "NL"]),
        "lines": [{"sku": one["sku"], "quantity": DICE.randint(1, 3)} for one in chosen],
    }
    if "total" not in json.dumps(ask(f"{door}/quotes", cart)):
        raise ValueError("a quote without a total")
    if DICE.randint(1, BUYS) == 1:
        try:
            ask(f"{door}/orders", {**cart, "customer": "by-hand"}, **{"Idempotency-Key": str(uuid.uuid4())})
        except urllib.error.HTTPError as problem:
            if problem.code != SOLD_OUT:
                raise


def main(door: str) -> None:
    """Come until somebody stops them, and say now and then how it went."""
    served = let_down = 0
    while True:
        try:
            visit(door)
            served += 1
        except (OSError, ValueError, KeyError) as problem:
            let_down += 1
            print(f"let down: {problem}")
        if (served + let_down) % TELL == 0:
            print(f"customers: {served} served, {let_down} let down")
        time.sleep(EVERY)


if __name__ == "__main__":
    main(sys.argv[1])
