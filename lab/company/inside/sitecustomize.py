"""Put on the path of the shop's processes by the lab: faults that happen inside the shop, where its own metrics and logs see them.

`LAB_FAULTS` names a JSON file, `{"/quotes": {"share": 0.2, "status": 500, "delay": 0.0}}`, read again whenever it changes; the route
"*" is every route of customers. It runs in the shop's own Python and imports nothing of the lab.
"""

import asyncio
import json
import os
import random
from typing import Any

_path = os.environ.get("LAB_FAULTS", "")
_SERVER_ERROR = 500
_told: dict[str, Any] = {"at": 0, "faults": {}}
_OWN = ("/healthz", "/readyz", "/version", "/metrics")


def _fault(route: str) -> Any:
    try:
        changed = os.stat(_path).st_mtime_ns
        if changed != _told["at"]:
            with open(_path, encoding="utf-8") as file:
                _told.update(at=changed, faults=json.load(file))
    except (OSError, ValueError):
        return None
    faults = _told["faults"]
    return faults.get(route) or (faults.get("*") if route not in _OWN else None)


def _wrap(routing: Any) -> None:
    from starlette.exceptions import HTTPException

    plain = routing.run_endpoint_function

    async def run_endpoint_function(*, dependant: Any, values: Any, is_coroutine: bool) -> Any:
        fault = _fault(dependant.path)
        if fault and random.random() < fault.get("share", 1.0):
            if fault.get("delay"):
                await asyncio.sleep(fault["delay"])
            if fault.get("status", 0) == _SERVER_ERROR:
                raise RuntimeError("a connection that this route needs was lost")
            if fault.get("status", 0):
                raise HTTPException(fault["status"], "too many requests at once; try again")
        return await plain(dependant=dependant, values=values, is_coroutine=is_coroutine)

    routing.run_endpoint_function = run_endpoint_function


if _path:
    try:
        from fastapi import routing as _routing

        _wrap(_routing)
    except (ImportError, AttributeError):
        pass
