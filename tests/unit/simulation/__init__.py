"""Simulation of runs on a machine with known noise, analysed by the lab's own plan and `derive`.

`python -m tests.unit.simulation` regenerates the tables of docs/statistics.md.
"""
