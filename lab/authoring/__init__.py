"""The author's use cases: prove that a stage's checks are right."""
