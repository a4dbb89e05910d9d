"""The simulated colleagues: what they change, how they push it, how they review."""
