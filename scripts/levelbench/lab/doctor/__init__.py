"""`levelbench doctor`: what this machine has and lacks for a trustworthy run."""

from levelbench.lab.doctor.examination import examine

__all__ = ["examine"]
