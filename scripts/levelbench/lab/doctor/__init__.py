"""`levelbench doctor`: check whether this machine can give trustworthy results."""

from levelbench.lab.doctor.examination import examine

__all__ = ["examine"]
