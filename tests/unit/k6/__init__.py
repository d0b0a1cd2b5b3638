START_MS = 1_000_000
"""When a simulated load starts."""

LOGIN_ALONE = {"register": 0, "login": 1, "list": 0, "detail": 0, "task": 0}
"""Weights by which the simulated server answers every request rightly."""
