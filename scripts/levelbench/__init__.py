"""Levelbench: web frameworks doing the same work, in the same box, under the same load."""
