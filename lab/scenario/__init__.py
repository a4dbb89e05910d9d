"""WHAT IS TOLD: a scenario's files, read into frozen models, with every mistake reported at once."""

from lab.scenario.model import Hints, Milestone, Scenario, Scene, Solution, Stage, Trap
from lab.scenario.reading import Kinds, read

__all__ = ["Hints", "Kinds", "Milestone", "Scenario", "Scene", "Solution", "Stage", "Trap", "read"]
