"""What tests of whole trials share: trials of the quick profile on an engine in memory."""

from collections.abc import Callable

from levelbench.bench import trial
from levelbench.bench.trial import Entry
from levelbench.lab.lab import Lab
from levelbench.load import parameters
from levelbench.load.parameters import Parameters
from levelbench.model.config import Config
from levelbench.model.finding import Finding
from levelbench.model.trial import TrialRecord
from tests import DATA

Make = Callable[..., Entry]
RECORDED = (DATA / "k6" / "closed-fastapi.json").read_text()


def load_of(config: Config, workload: str = "closed", slices: int = 1) -> Parameters:
    profile = config.profile("quick").model_copy(update={"slices": slices})
    return parameters.of_workloads(
        [workload], config, profile, mix="journey", scale=1, seed=7, rates=None
    )[workload]


def run(lab: Lab, *entries: Entry, slices: int = 1) -> list[TrialRecord]:
    return trial.run(lab, entries, load_of(lab.config, slices=slices), say=lambda phase: None)


def fault(lab: Lab, entry: Entry) -> Finding:
    """Why a trial has no figures."""
    (record,) = run(lab, entry)
    (found,) = record.findings
    assert record.window is None
    assert record.resources == {}
    return found


def codes(record: TrialRecord) -> set[str]:
    return {finding.code for finding in record.findings if finding.severity == "error"}
