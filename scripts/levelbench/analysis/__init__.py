"""From a run's records to its results: estimates, verdicts, checks, comparisons. Pure functions."""
