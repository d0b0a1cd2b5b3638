"""What a run's figures are worth: repeated runs on real containers, hours in all.

Not part of any test target but `make evidence`; what it found stands in docs/statistics.md.
"""
