"""The people who buy: open-loop traffic through the front door, each answer held against the oracle."""
