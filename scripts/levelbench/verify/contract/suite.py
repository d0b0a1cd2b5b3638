"""Run cases against a contestant."""

from collections.abc import Iterable

from levelbench.lab.address import Endpoint
from levelbench.verify.contract.case import Case
from levelbench.verify.contract.cases import CASES
from levelbench.verify.contract.subject import Subject
from levelbench.verify.contract.violation import MismatchError, Violation, shorten


def verify(endpoint: Endpoint, cases: Iterable[Case] = CASES) -> list[Violation]:
    """Run all `cases` that `endpoint` allows, and tell every promise that was broken.

    Cases that need the JWT key or the containers run only where the endpoint offers them
    (`unavailable` says why one does not). A contestant that no longer answers at all ends the run.
    Containers that were stopped run again afterwards.
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


def cases_for(endpoint: Endpoint) -> list[Case]:
    """The cases that can be run against `endpoint`."""
    return [case for case in CASES if unavailable(case, endpoint) is None]


def unavailable(case: Case, endpoint: Endpoint) -> str | None:
    """Why `case` cannot be run against `endpoint`, or None if it can."""
    if case.needs_secret and endpoint.jwt_secret is None:
        return "needs the run's JWT key"
    if case.down and (endpoint.stop is None or endpoint.start is None):
        return f"needs control over the container {case.down}"
    return None


def run(case: Case, subject: Subject) -> Violation | None:
    """The violation that `case` finds in `subject`, if any."""
    try:
        subject.arrange(case.down)
        case.check(subject)
    except MismatchError as mismatch:
        expected, seen = shorten(mismatch.expected), shorten(mismatch.seen, limit=600)
        return Violation(subject.endpoint.service, case.id, expected, seen)
    return None
