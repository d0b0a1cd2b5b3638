"""Whole runs that end on the width of their intervals."""

import re
from dataclasses import replace

import pytest

from levelbench.bench import precision
from levelbench.bench.options import Options
from levelbench.contestants.service import Service
from levelbench.model.folder import Run, load_run
from levelbench.model.loads import Profile
from levelbench.model.run import Look, Precision, load_run_record
from levelbench.verify import verify as verification
from tests.unit.bench.runs import Bench
from tests.unit.verify.test_verify import outcome


class TestPrecision:
    """A run with a precision target ends at the first look at which it is reached."""

    LOOKS = (3, 4, 6)

    def options(self, bench: Bench, workload: str = "closed", target: float = 0.03) -> Options:
        options = bench.options(workload=workload, blocks=6)
        aim = Precision(workload="closed", target=target, looks=self.LOOKS)
        return replace(options, precision=aim)

    def measured(self, monkeypatch: pytest.MonkeyPatch, *widths: float | None) -> list[int]:
        """The widths that are found from the third block on; the blocks that are looked at."""
        seen: list[int] = []

        def half_width(run: Run, workload: str, blocks: int) -> float | None:
            seen.append(blocks)
            return widths[blocks - 3]

        monkeypatch.setattr(precision, "half_width", half_width)
        monkeypatch.setattr(precision, "SHOWN_FROM", 3)
        return seen

    def test_it_ends_where_equal_contestants_are_measured_precisely(self, bench: Bench) -> None:
        """All trials in memory are alike."""
        run = bench.run(self.options(bench))
        assert len(run.trials) == len(run.record.plan) == 6
        assert run.record.status == "complete"
        aim = load_run_record(run.folder).precision
        assert aim
        assert (aim.made, aim.ended) == ((Look(blocks=3, half_width=0.0),), "precise")
        assert bench.refreshed == 2
        load_run(run.folder)  # no planned trial is missing
        assert "closed: precision ±0.0% after 3 rounds, target ±3.0%: reached" in bench.said

    def test_it_ends_only_at_a_look(self, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
        """Block 5 was precise enough, and is none."""
        seen = self.measured(monkeypatch, 0.08, 0.03, 0.01, 0.05)
        run = bench.run(self.options(bench))
        aim = run.record.precision
        assert aim
        assert [(one.blocks, one.half_width) for one in aim.made] == [
            (3, 0.08), (4, 0.03), (6, 0.05),
        ]  # fmt: skip
        assert (aim.ended, len(run.trials), seen) == ("last look", 12, [3, 4, 5, 6])
        said = re.sub(r"\d+:\d\d (to|left)", r"m:ss \1", bench.said)
        assert (
            "closed: precision ±8.0% after 3 rounds, target ±3.0%; "
            "m:ss to the next look (round 4), m:ss to the last (round 6)" in said
        )
        assert ", at most m:ss left" in said
        assert "after 6 rounds, target ±3.0%: not reached at the last look" in said

    def test_a_pair_without_an_interval_is_not_precise(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.measured(monkeypatch, None, 0.02)
        run = bench.run(self.options(bench))
        assert run.record.precision
        assert run.record.precision.ended == "precise"
        assert len(run.trials) == 8
        assert "no interval of every pair yet after 3 rounds" in bench.said

    def test_without_a_ratio_it_has_the_blocks_of_its_profile(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """One of two contestants was left out."""

        def verify(service: Service, *_: object, **__: object) -> object:
            return outcome(service.name == "flask")

        monkeypatch.setattr(verification, "verify", verify)
        options = self.options(bench)
        short = Profile(**{**dict(options.profile), "blocks": 2, "workloads": {"closed": 2}})
        run = bench.run(replace(options, profile=short))
        assert [trial.service for trial in run.trials] == ["flask"] * 2
        assert (run.record.precision, run.record.status) == (None, "complete")

    def test_other_workloads_keep_their_blocks(self, bench: Bench) -> None:
        options = self.options(bench)
        run = bench.run(replace(options, workloads={"closed": 6, "list": 2}))
        assert [(t.workload, t.block) for t in run.trials[::2]] == [
            ("closed", 1), ("closed", 2), ("closed", 3), ("list", 1), ("list", 2),
        ]  # fmt: skip
        assert run.record.status == "complete"

    def test_a_resumed_run_keeps_its_target_and_its_looks(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen = self.measured(monkeypatch, 0.08, 0.02)
        bench.display.at = lambda text: text.endswith(": restore") and len(bench.started) == 6
        run = bench.run(self.options(bench))
        assert (run.interrupted, len(run.trials), seen) == (True, 6, [3])
        bench.display.at = lambda text: False
        again = bench.run(bench.resumed(run))
        aim = load_run_record(again.folder).precision
        assert aim
        assert [one.blocks for one in aim.made] == [3, 4]
        assert (aim.ended, len(again.trials), again.record.status) == ("precise", 8, "complete")
