"""Feature flags: a way to merge a feature before it is shown to anyone.

A flag is named in DEFAULTS, and FLAG_<NAME>=on or =off in the environment overrides it:

    if flags.is_on("gift_wrap"): ...
"""

import os
from collections.abc import Mapping

DEFAULTS: Mapping[str, bool] = {}


def is_on(name: str) -> bool:
    """Return whether a flag is on. Raises KeyError for a flag that DEFAULTS does not name."""
    default = DEFAULTS[name]
    value = os.environ.get(f"FLAG_{name.upper()}", "").lower()
    return value == "on" if value in ("on", "off") else default
