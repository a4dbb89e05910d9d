"""The JSON API under /api: the documents of `--json`, and a use case behind every call that changes something."""
