"""What is held equal in every contestant: the one closed list of rules.

A choice in service.toml that the lab demands names one of them as its source, and the parity ledger
says of each whether it holds.
"""

from typing import Literal, get_args

Rule = Literal[
    "behaviour",  # the endpoints' answers to good and bad input; 503 when a dependency is away
    "statements and rows",  # how many statements a request costs, and how many rows they give
    "schema and indexes",  # the tables, their columns and their indexes
    "data",  # one dataset, restored before every trial
    "password hash",  # argon2id with the same parameters, read back from a stored hash
    "driver",  # its name, its implementation, prepared statements or not: declared and shown
    "connections",  # 12 a contestant
    "processes",  # as many as each server's documentation says for one core
    "CPU and memory",  # the same core, 1 CPU, 1 GiB, no swap
    "event loop and parser",  # uvloop and httptools, asserted at start
    "logging, debug, keep-alive",  # no access log, no debug mode, connections kept for 75 s
    "server settings",  # PostgreSQL's, the same and recorded
    "serializer",  # each framework's own
    "tasks",  # the promise about accepted work: committed, published, done at least once
    "included",  # what comes for free: declared, and proven in the running contestant
]

RULES: tuple[Rule, ...] = get_args(Rule)
