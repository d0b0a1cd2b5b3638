"""Code metrics of a contestant: lines and complexity per endpoint, and dependencies.

docs/code-costs.md describes the counting rule, which is the same for all contestants.
"""
