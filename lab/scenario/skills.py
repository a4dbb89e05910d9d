"""The skills of the learner's profile: the one list that stages and checks name them from, with what each is called in a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

SKILLS: Final[Mapping[str, str]] = {
    "shell": "Shell and processes",
    "programming": "Python and programming",
    "version-control": "Version control",
    "testing": "Testing",
    "continuous-integration": "Continuous integration",
    "continuous-delivery": "Continuous delivery",
    "containers": "Containers",
    "configuration": "Configuration management",
    "infrastructure-as-code": "Infrastructure as code",
    "cloud": "Cloud platforms",
    "monitoring": "Monitoring",
    "operations": "Operations and incidents",
    "security": "Security",
    "databases": "Databases and migrations",
    "data-engineering": "Data engineering",
    "ml-fundamentals": "Machine learning fundamentals",
    "model-deployment": "Model deployment",
    "ml-monitoring": "Monitoring of models",
    "mlops-tools": "MLOps tools",
    "llm": "Language models",
}
