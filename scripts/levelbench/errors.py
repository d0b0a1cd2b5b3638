"""The error that users read: a cause and a remedy."""


class LabError(Exception):
    """A fault of the lab or wrong use of it; printed as one line, without a traceback."""

    def __init__(self, cause: str, remedy: str = "") -> None:
        self.cause = cause
        self.remedy = remedy
        super().__init__(f"{cause}. {remedy}" if remedy else cause)
