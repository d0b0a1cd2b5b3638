"""Checks: what can void a trial, a contestant or a run."""
