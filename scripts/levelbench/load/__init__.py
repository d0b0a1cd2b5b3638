"""What the load generator is asked for, and how its output is parsed."""
