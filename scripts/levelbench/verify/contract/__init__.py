"""The contract suite: black-box HTTP against one contestant (services/CONTRACT.md).

    violations = verify(Address("http://127.0.0.1:8000", "fastapi", jwt_secret=key))

A case is one named requirement. A violation names the contestant, the case, the expected and the
seen behaviour. The suite uses only HTTP: it imports no code of a contestant.
"""

from levelbench.lab.address import Address
from levelbench.verify.contract.answers import Answer, replay
from levelbench.verify.contract.case import Case
from levelbench.verify.contract.cases import CASES
from levelbench.verify.contract.differences import Difference, differences, failures
from levelbench.verify.contract.fixed import FIXED
from levelbench.verify.contract.request import Request
from levelbench.verify.contract.subject import Subject
from levelbench.verify.contract.suite import cases_for, run, unavailable, verify
from levelbench.verify.contract.violation import MismatchError, Violation

__all__ = [
    "CASES",
    "FIXED",
    "Address",
    "Answer",
    "Case",
    "Difference",
    "MismatchError",
    "Request",
    "Subject",
    "Violation",
    "cases_for",
    "differences",
    "failures",
    "replay",
    "run",
    "unavailable",
    "verify",
]
