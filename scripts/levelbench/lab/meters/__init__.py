"""Counters of processor time and memory: of containers, and of the machine's CPUs."""
