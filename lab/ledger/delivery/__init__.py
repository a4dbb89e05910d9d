"""Delivery metrics: what the ledger says of changes, deployments and incidents, and the five numbers made of them.

    clock      company time without the hours in which nobody was there
    changes    what teammates pushed
    versions   what the front door showed, and the deployments in it
    sli        what customers got, second by second
    incidents  when that was not good enough, and until when
    causes     which deployment an incident comes from, and which ended it
    history    all of it together
    measures   the metrics of a span of a history

Everything is computed from events that the engine, the forge, the runner, the door and the pager recorded; what the
learner says about it (source `learner`) never counts. All times are company minutes since the company opened.
"""
