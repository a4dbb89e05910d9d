# Raj's Prometheus goes; the shop learns to pass the id of a call on.
rm -rf monitoring
printf '\nmonitoring-up: [python3, ops/watch.py]\nfind-log: [python3, ops/find_log.py, "{id}"]\n' >>harborline.yaml
python3 - <<'PYTHON'
from pathlib import Path


def edit(name, old, new):
    path = Path("app") / name
    text = path.read_text()
    assert text.count(old) == 1, (name, old)
    path.write_text(text.replace(old, new))


edit("middleware.py", "METHODS = frozenset", 'CALL = ContextVar("call", default="-")\nMETHODS = frozenset')
edit("middleware.py", "import logging\nimport time\n", "import logging\nimport time\nfrom contextvars import ContextVar\n")
edit("middleware.py", "        status: int | None = None\n", '        CALL.set(dict(scope["headers"]).get(b"x-request-id", b"-").decode("latin-1"))\n        status: int | None = None\n')
edit("middleware.py", 'log.info("request", extra={**names, ', 'log.info("request", extra={**names, "request_id": CALL.get(), ')
edit("payments.py", "from app.errors import", "from app.middleware import CALL\nfrom app.errors import")
edit("payments.py", '"Idempotency-Key": order_id,\n            },', '"Idempotency-Key": order_id,\n                "X-Request-Id": CALL.get(),\n            },')
PYTHON
