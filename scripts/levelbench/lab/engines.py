"""Factory of engines: the one place that decides which engine runs the lab's containers."""

from levelbench.lab.compose.engine import ComposeEngine
from levelbench.lab.engine import Engine


def connect() -> Engine:
    """The engine that this machine is set up for. Raises EngineError when it does not answer."""
    return ComposeEngine()
