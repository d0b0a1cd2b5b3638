"""Tests that take minutes: cheats, faults, registries. `make test-full` runs them."""
