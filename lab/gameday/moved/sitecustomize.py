"""Put first on a test-suite's path by the lab: moves its clock to LAB_NOW.

Python imports `sitecustomize` at every start, so whatever the suite starts lives on the same day.
"""

import datetime as dt
import os
import sys

_now = os.environ.get("LAB_NOW")
if _now:
    try:
        import time_machine
    except ImportError:
        sys.stderr.write("lab: this Python has no time-machine; the clock stays where it is\n")
    else:
        time_machine.travel(dt.datetime.fromisoformat(_now), tick=True).start()
