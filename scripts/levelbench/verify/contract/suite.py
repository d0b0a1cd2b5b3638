"""Run the contract cases against a contestant."""

from collections.abc import Iterable

from levelbench.lab.address import Address
from levelbench.verify.contract.case import Case
from levelbench.verify.contract.cases import CASES
from levelbench.verify.contract.subject import Subject
from levelbench.verify.contract.violation import MismatchError, Violation, shorten


def verify(endpoint: Address, cases: Iterable[Case] = CASES) -> list[Violation]:
    """Run all `cases` that `endpoint` allows, and return the violations.

    Cases that need the JWT key or control of containers run only if the endpoint provides them
    (`unavailable` gives the reason). The run ends when the contestant stops responding. Stopped
    containers are started again.
    """
    found: list[Violation] = []
    with Subject(endpoint) as subject:
        for case in cases:
            if unavailable(case, endpoint) is not None:
                continue
            violation = run(case, subject)
            if violation is not None:
                found.append(violation)
                if subject.is_gone():
                    break
    return found


def cases_for(endpoint: Address) -> list[Case]:
    """Cases that can run against `endpoint`."""
    return [case for case in CASES if unavailable(case, endpoint) is None]


def unavailable(case: Case, endpoint: Address) -> str | None:
    """Reason why `case` cannot run against `endpoint`, or None."""
    if case.needs_secret and endpoint.jwt_secret is None:
        return "needs the JWT key of the run"
    if case.down and (endpoint.stop is None or endpoint.start is None):
        return f"needs control of the container {case.down}"
    return None


def run(case: Case, subject: Subject) -> Violation | None:
    """Run a case; returns the violation, if any."""
    try:
        subject.arrange(case.down)
        case.check(subject)
    except MismatchError as mismatch:
        expected, seen = shorten(mismatch.expected), shorten(mismatch.seen, limit=600)
        return Violation(subject.endpoint.service, case.id, expected, seen)
    return None
