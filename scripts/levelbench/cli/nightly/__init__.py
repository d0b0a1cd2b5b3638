"""Commands that the workflows under .github/ use."""
