"""The contract suite, run against every contestant in its containers."""

import pytest

from levelbench.verify.contract import Case, Subject, run, unavailable


def test_contract(subject: Subject, case: Case) -> None:
    reason = unavailable(case, subject.endpoint)
    if reason is not None:
        pytest.skip(reason)
    violation = run(case, subject)
    if violation is not None:
        pytest.fail(str(violation), pytrace=False)
