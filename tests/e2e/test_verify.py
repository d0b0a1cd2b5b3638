"""`levelbench verify` of what is to be tested: the contract and every other rule of equal work.

It comes before the other tests, which then measure contestants without verifying them again.
"""

import sys
from collections import Counter

import pytest

from levelbench.model.files import load
from levelbench.model.ledger import LEDGER_SCHEMA_VERSION, Verification, VerifyReport
from levelbench.verify import verify
from levelbench.verify.contract import CASES
from tests import selected
from tests.e2e.commands import levelbench

NAMES = [name for name, one in selected.services().items() if one.spec.role != "exhibit"]


@pytest.fixture(scope="module")
def report() -> VerifyReport:
    sys.stdout.write(levelbench("verify", f"--services={','.join(NAMES)}", statuses=(0, 1)))
    return load(verify.FOLDER / verify.REPORT_FILE, VerifyReport, LEDGER_SCHEMA_VERSION)


@pytest.fixture
def found(report: VerifyReport, name: str) -> Verification:
    return report.services[name]


@pytest.mark.parametrize("name", NAMES)
def test_keeps_the_contract_and_does_equal_work(found: Verification) -> None:
    broken = [f"{one.rule}: {one.expected} expected, {one.observed} seen" for one in found.broken]
    assert not broken


@pytest.mark.parametrize("name", NAMES)
def test_every_case_of_the_contract_was_tried(found: Verification) -> None:
    areas = Counter(case.id.partition("/")[0] for case in CASES)
    tried = {entry.rule: entry.expected for entry in found.entries}
    for area, count in areas.items():
        assert tried[f"behaviour: {area}: cases passed"] == f"{count} of {count}"
