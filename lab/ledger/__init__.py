"""WHAT HAPPENED: the append-only event log of one company, and what is computed from it."""
