"""Names of the parity rules, in the order in which they are checked and reported.

levelbench.verify.parity.rules says what each proves and which function checks it. A choice in
service.toml that the lab demands names one of them as its source.
"""

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
    "processes",
    "event loop and parser",
    "driver",
    "serializer",
    "logging, debug, keep-alive",
    "behaviour",
    "included",
]

RULES: tuple[Rule, ...] = get_args(Rule)
