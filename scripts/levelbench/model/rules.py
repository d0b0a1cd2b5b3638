"""Names of the parity rules, in the order in which they are checked and reported.

levelbench.verify.parity.rules says what each proves and which function checks it. A choice in
service.toml that the lab demands names one of them as its source.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, get_args

Rule = Literal[
    "finished",
    "choices",
    "schema and indexes",
    "CPU and memory",
    "server settings",
    "statements and rows",
    "data",
    "password hash",
    "tasks",
    "connections",
    "traits",
    "logging, debug, keep-alive",
    "behaviour",
    "included",
]

RULES: tuple[Rule, ...] = get_args(Rule)

RETIRED: Mapping[str, Rule] = MappingProxyType(
    {
        "processes": "tasks",  # of the worker
        "event loop and parser": "traits",
        "driver": "traits",
        "serializer": "traits",
    }
)
"""Rule of older runs and commits, as the source of a choice -> the rule that it is part of now."""
