"""Vocabulary: the closed lists of names that the lab's files and code share."""

from typing import Literal

Role = Literal["contestant", "reference", "exhibit", "variant", "guest"]
Endpoint = Literal["register", "login", "list", "detail", "task"]
Mix = Literal["journey", "uniform", "no-auth", "list"]
Kind = Literal["closed", "open", "endpoints", "capacity", "session", "interference", "overload"]
"""Kinds of workloads. k6/workloads/<kind>.js is the script."""
Arrivals = Literal["even", "poisson"]
"""How the requests of an open load arrive: evenly spaced, or independently of each other."""
Part = Literal["before", "during", "after"]
"""Parts of a disturbed load: before, during and after what disturbs it."""
Container = Literal["service", "worker", "postgres", "redis", "k6"]
Origin = Literal["cgroup", "engine"]
"""Where counters were read: in the cgroup's files, or through the engine's API."""

ENDPOINTS: tuple[Endpoint, ...] = ("register", "login", "list", "detail", "task")
PARTS: tuple[Part, ...] = ("before", "during", "after")
CONTAINERS: tuple[Container, ...] = ("service", "worker", "postgres", "redis", "k6")
COMPARED: frozenset[Role] = frozenset({"contestant", "guest"})
"""Roles of the services that results are about. No run has both: a guest is measured by itself, or
compared with itself at another commit."""
