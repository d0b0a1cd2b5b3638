"""What a contestant's code costs: its size and complexity for each endpoint, and its dependencies.

What is counted, and by which rule, is in docs/code-costs.md; the rule is the same for all.
"""
