"""Faults and interruptions, each provoked on an engine of the tests' own."""
