"""The one kind of error a person is expected to read: what happened, and what to do about it."""


class LabError(Exception):
    """A fault of the lab or of its use; printed as one line, never as a trace."""

    def __init__(self, cause: str, remedy: str = "") -> None:
        self.cause = cause
        self.remedy = remedy
        super().__init__(f"{cause}. {remedy}" if remedy else cause)
