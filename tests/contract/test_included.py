"""What each contestant says comes for free is there, and its proofs fail where it is not."""

import pytest

from levelbench.command import CommandError
from levelbench.contestants.discovery import discover
from levelbench.lab.lab import Lab
from levelbench.model.included import Included
from tests.contract.contestants import Up


def prove(lab: Lab, entry: Included) -> None:
    lab.site.exec("service", ["sh", "-c", f"set -e\n{entry.proof}"])


def lab_of(contestant: Up) -> Lab:
    if contestant.lab is None:
        pytest.skip("it was not started here")
    return contestant.lab


def test_each_thing_that_comes_for_free_is_there(contestant: Up) -> None:
    lab = lab_of(contestant)
    for entry in discover()[contestant.endpoint.service].spec.included:
        prove(lab, entry)


def test_no_proof_holds_where_what_it_shows_was_not_installed(contestant: Up) -> None:
    lab, services = lab_of(contestant), discover()
    installed = services[contestant.endpoint.service].locked()
    absent = [
        entry
        for service in services.values()
        for entry in service.spec.included
        if entry.by not in installed
    ]
    assert absent
    for entry in absent:
        with pytest.raises(CommandError):
            prove(lab, entry)
