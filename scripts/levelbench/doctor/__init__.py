"""`levelbench doctor`: what this machine has and lacks for a trustworthy run."""

from levelbench.doctor.examination import examine
from levelbench.doctor.verdict import exit_status, terminal_table, to_json

__all__ = ["examine", "exit_status", "terminal_table", "to_json"]
