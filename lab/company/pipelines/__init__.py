"""The company's pipelines: a learner's ordinary workflows, run by the real act on a fresh clone of the event's commit.

* `queue.py` an event queues its runs; `workflow.py`, `triggers.py` what a workflow file says
* `runner.py` plays queued runs, slot by slot; `schema.py`, `standins.py` what may be in one here
* `staging.py` what act is given; `payload.py` the event it is told of; `act.py` one call of act
* `recording.py`, `logs.py` act's JSON to ledger and log;
  `watching.py` deadlines and limits; `cleaning.py` removes what is left; `runs.py` reads a run back
* `toolchain.py`, `environments.py`, `shims.py` Python, wheels, act and git; `actions/` the stand-ins of well-known actions
"""
