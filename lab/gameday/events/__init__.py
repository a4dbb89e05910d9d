"""The events of a scenario: each a small model with its options and one verb, `play`."""
