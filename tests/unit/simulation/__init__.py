"""Runs on a machine whose noise is known, put through the lab's own plan, records and `derive`.

`python -m tests.unit.simulation` prints the tables of docs/statistics.md.
"""
