"""Searches for a capacity on an engine in memory: each round's ladder follows from earlier ones."""

import json

from levelbench import report
from levelbench.model.results import load_results
from tests.unit.bench.runs import Bench
from tests.unit.lab.memory import Container, Site


def test_each_round_begins_where_the_last_one_ended_also_when_resumed(bench: Bench) -> None:
    ladders: list[list[int]] = []
    usual = bench.engine.programs["workloads/capacity.js"]

    def start(site: Site, container: Container) -> None:
        ladders.append(json.loads(container.variables["STEPS"]))
        usual(site, container)

    bench.engine.programs["workloads/capacity.js"] = start
    bench.display.at = lambda text: "capacity fastapi: collect" in text and len(ladders) == 1
    run = bench.run(bench.options("fastapi", "capacity"))
    assert run.record.status == "partial"
    bench.display.at = lambda text: False
    run = bench.run(bench.resumed(run))
    first, again, second = ladders
    assert first == again  # the same part of a step, from the same throughput
    assert run.record.rates
    assert len(run.record.rates.trials_rps["fastapi"]) == 1
    held = run.trials[0].steps[-1].offered_rps  # of the recording, whose rates all held
    assert 0.8 * held < second[0] < held
    report.build(run.folder)
    found = load_results(run.folder).workloads["capacity"].services["fastapi"]
    assert found.metrics["capacity_rps"].bound == "at_least"
