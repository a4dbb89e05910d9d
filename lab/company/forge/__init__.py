"""THE FORGE: bare git repositories, real hooks, pull requests, rulesets and statuses.

`forge.Forge` is what the other parts use. This file imports nothing: the hooks pass through it, and a push waits for them.
"""
