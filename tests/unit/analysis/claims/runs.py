"""Constructed runs about which the article's claims are known to be right or wrong."""

import math
import random
from collections.abc import Mapping
from typing import Any

from levelbench.analysis.claims.article import article
from levelbench.analysis.claims.judge import judge
from levelbench.analysis.derive import derive
from levelbench.model.folder import Run
from levelbench.model.results import Claim
from levelbench.model.trial import TrialRecord
from levelbench.model.vocabulary import ENDPOINTS
from tests.unit.factories import alone as factories_alone
from tests.unit.factories import make_run, under
from tests.unit.factories.standard import combine

AS_CLAIMED = {name: row.throughput_rps for name, row in article().measured.items()}
ALL_EQUAL = dict.fromkeys(AS_CLAIMED, 400.0)
IN_DIRECTION = {"django": 200.0, "flask": 150.0, "fastapi": 400.0, "starlette": 480.0}
OPPOSITE = {"django": 400.0, "flask": 600.0, "fastapi": 300.0, "starlette": 200.0}


def three_views(rates: Mapping[str, float], alone: Mapping[str, float] | None = None) -> Run:
    """The mix, the mix without authentication and each endpoint alone, at the same rates."""
    each = {name: dict.fromkeys(ENDPOINTS, rate) for name, rate in (alone or rates).items()}
    return combine(
        [
            make_run(throughput=rates),
            under(make_run(throughput=rates), "closed-no-auth", vus=100),
            factories_alone.make_run(rates=each, reference=False),
        ]
    )


def with_errors(run: Run, rates: Mapping[str, float], times: int = 1) -> Run:
    """The run with as many errors in each window as some error rates make, and with `times` as many
    requests."""

    def failing(trial: TrialRecord) -> TrialRecord:
        assert trial.window is not None
        requests = times * trial.window.requests
        errors = round(requests * rates[trial.service])
        window = trial.window.model_copy(update={"errors": errors, "requests": requests})
        return trial.model_copy(update={"window": window})

    return run.model_copy(update={"trials": tuple(map(failing, run.trials))})


def noisy(rates: Mapping[str, float], blocks: int, seed: int, deviation: float = 0.05) -> Run:
    """A run whose trials each have noise of their own."""
    run, drawn = make_run(throughput=rates, blocks=blocks), random.Random(seed)

    def again(trial: TrialRecord) -> TrialRecord:
        assert trial.window is not None
        assert trial.window.throughput_rps is not None
        rate = trial.window.throughput_rps * math.exp(drawn.gauss(0, deviation))
        window = trial.window.model_copy(update={"throughput_rps": rate})
        return trial.model_copy(update={"window": window})

    return run.model_copy(update={"trials": tuple(map(again, run.trials))})


def claims(run: Run) -> dict[str, Claim]:
    return {claim.id: claim for claim in judge(derive(run))}


def verdicts(run: Run) -> dict[str, Any]:
    return {id: claim.verdict for id, claim in claims(run).items()}
