"""Contestants: the folders under services/, what they declare and what their code costs."""
