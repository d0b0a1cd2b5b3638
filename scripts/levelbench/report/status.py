"""The status of a run in one word, with its reason, its cause and its remedy."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from levelbench.analysis import verdict
from levelbench.analysis.checks import table
from levelbench.analysis.derive import final_trials, unpublishable, voiding
from levelbench.model.count import Counting
from levelbench.model.finding import Finding
from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.model.vocabulary import COMPARED
from levelbench.report.words import capital, display_names, join, kind, number_word

Word = Literal["Publishable", "Ratios only", "Do not quote", "Not valid"]
Tone = Literal["good", "warn", "bad"]

LOOKS: Mapping[Word, tuple[Tone, str]] = {
    "Publishable": ("good", "●"),
    "Ratios only": ("warn", "▲"),
    "Do not quote": ("bad", "■"),
    "Not valid": ("bad", "✕"),
}
LOST_TO: Mapping[str, str] = {
    "noisy-neighbour": "other programs",
    "core-stolen": "other machines on this host",
    "clock-stepped": "changes of the clock",
    "slices-overlap": "overlapping turns",
    "lab-fault": "faults of the lab",
}
"""Code of a check -> what a measurement was lost to; any other check is named."""
SHARED_CORE = "the database and the load generator share a core"
MORE_CORES = (
    "Ratios carry over to other machines; for requests/s use a machine with 4 cores or more."
)
LARGER_PROFILE = "Run with PROFILE=standard."


@dataclass(frozen=True)
class Status:
    """May this run be quoted? The worst word that applies."""

    word: Word
    reason: str
    """How many measurements count, and what became of the others."""
    cause: str = ""
    """What limits the run; empty if nothing does."""
    remedy: str = ""
    """What to do about it."""

    @property
    def tone(self) -> Tone:
        return LOOKS[self.word][0]

    @property
    def shape(self) -> str:
        """A sign of its own, for readers who do not see the colour."""
        return LOOKS[self.word][1]

    @property
    def decides(self) -> bool:
        """Whether the run's verdicts count: else all are grey, and no contestant is ahead."""
        return self.word in ("Publishable", "Ratios only")

    @property
    def text(self) -> str:
        """Reason, cause and remedy as sentences."""
        said = [f"{part}." for part in (self.reason, self.cause) if part]
        return " ".join([*said, *([self.remedy] if self.remedy else [])])


def status(results: Results, run: Run) -> Status:
    """The status of a run, from its findings and from what became of its measurements."""
    if run.record.counting:
        return _of_counts(results, run, run.record.counting)
    lost = _lost(run)
    reason = capital("; ".join(_counts(results, run, lost)))
    limiting = voiding(run, results.findings) or unpublishable(results.findings)
    if results.publishable:
        if results.environment.development_grade:
            return Status("Ratios only", reason, capital(SHARED_CORE), MORE_CORES)
        return Status("Publishable", reason)
    codes = {finding.code for finding in limiting}
    named = [
        finding
        for finding in limiting
        if table.NOTHING_VALID.code not in codes or finding.code != table.BLOCKS_TOO_FEW.code
    ]
    causes = list(dict.fromkeys(_cause(results, finding) for finding in named))
    remedy = next((finding.remedy for finding in limiting), LARGER_PROFILE)
    if codes <= _OF_LOSSES:
        if lost:
            remedy = _remedy(run, lost) or remedy
        elif results.status == "partial":
            remedy = f"Resume it with `make bench RESUME={results.run_id}`."
    if results.valid and not run.record.publishable:
        causes.append(f"the {results.profile} profile is too small")
    word: Word = "Do not quote" if results.valid else "Not valid"
    return Status(word, reason, capital("; ".join(causes)), remedy)


def _of_counts(results: Results, run: Run, counting: Counting) -> Status:
    """Of a run that counts instructions: whether every contestant was counted in every start."""
    planned, counted = len(results.services) * len(counting.seeds), len(run.counts)
    if counted == planned:
        return Status("Publishable", f"All {planned} starts were counted")
    absent = [s.display_name for s in results.services.values() if s.failure]
    cause = f"{join(absent)} could not be counted" if absent else "The run ended early"
    word: Word = "Do not quote" if counted else "Not valid"
    remedy = "Count again."
    if results.status == "partial":
        remedy = f"Resume it with `make count RESUME={results.run_id}`."
    return Status(word, f"{counted} of {planned} starts were counted", cause, remedy)


_OF_LOSSES = {*(row.code for row in (table.BLOCKS_TOO_FEW, table.NOTHING_VALID))} | (
    table.UNPUBLISHABLE
)
"""Findings on a run that follow from what its measurements were lost to."""


def _counts(results: Results, run: Run, lost: Mapping[int, str]) -> Iterator[str]:
    """`15 of 25 measurements count`, `10 were lost to other programs`, `Flask failed`."""
    covered = [w.coverage for w in results.workloads.values() if w.coverage]
    planned, valid = sum(c.planned for c in covered), sum(c.valid for c in covered)
    if not planned:
        yield "no measurement was made"
    elif planned == valid:
        yield f"all {planned} measurements count" if planned > 1 else "the one measurement counts"
    else:
        yield f"{valid} of {planned} measurements count"
    if lost:
        yield _losses(run, lost)
    failed = Counter(
        results.services[trial.service].display_name
        for trial in final_trials(run.trials)
        if trial.status == "failed"
    )
    if failed:
        yield f"{failed.total()} failed ({join(list(failed))})"
    absent = [s.display_name for s in results.services.values() if s.failure]
    if unmeasured := [name for name in absent if name not in failed]:
        yield f"{join(unmeasured)} could not be measured"
    if results.status == "partial" and run.record.plan:
        done = len({trial.number for trial in run.trials})
        yield f"the run ended after {done} of {len(run.record.plan)} measurements"


def _lost(run: Run) -> dict[int, str]:
    """Number of each measurement without a value that did not fail -> the code of the check that
    voided it: of several, the one that voided most; of none, that of its round, which was run
    again."""
    counted = {trial.number for trial in final_trials(run.trials) if trial.status != "invalid"}
    begun = {(trial.workload, trial.block) for trial in run.trials}
    missing = [
        planned
        for planned in run.record.plan
        if (planned.workload, planned.block) in begun and planned.number not in counted
    ]
    codes: dict[int, set[str]] = {}
    of_round: dict[tuple[str, int], set[str]] = {}
    for trial in run.trials:
        found = {f.code for f in trial.findings if f.severity == "error"}
        codes.setdefault(trial.number, set()).update(found)
        of_round.setdefault((trial.workload, trial.block), set()).update(found)
    own = {p.number: codes.get(p.number) or of_round[p.workload, p.block] for p in missing}
    most = Counter(code for found in own.values() for code in found)
    return {
        number: max(sorted(found), key=lambda code: most[code], default="")
        for number, found in own.items()
    }


def _losses(run: Run, lost: Mapping[int, str]) -> str:
    """`9 were lost to other programs (up to 70% of a core)`."""
    counts = Counter(lost.values()).most_common()
    total = f"{len(lost)} {'was' if len(lost) == 1 else 'were'} lost"
    if len(counts) == 1:
        return f"{total} to {_lost_to(run, counts[0][0])}"
    return f"{total}: {join([f'{count} to {_lost_to(run, code)}' for code, count in counts])}"


def _lost_to(run: Run, code: str) -> str:
    if not code:
        return "an unknown cause"
    text = LOST_TO.get(code, f"the check {code}")
    if code != table.NOISY_NEIGHBOUR.code:
        return text
    shares = [
        int(share)
        for trial in run.trials
        for finding in trial.findings
        if finding.code == code
        for share in re.findall(r"(\d+)%", finding.cause)[:1]
    ]
    return f"{text} (up to {max(shares)}% of a core)" if shares else text


def _remedy(run: Run, lost: Mapping[int, str]) -> str | None:
    """The remedy of the check that most measurements were lost to, in today's words if it is the
    same for all."""
    code = Counter(lost.values()).most_common(1)[0][0]
    said = (row.remedy for row in table.CHECKS if row.code == code and "{" not in row.remedy)
    found = (f.remedy for trial in run.trials for f in trial.findings if f.code == code)
    return next(chain(said, found), None)


def _cause(results: Results, finding: Finding) -> str:
    """A finding on the run as a whole, in short."""
    limits = results.statistics
    if finding.code == table.A_A_TOO_WIDE.code:
        return _too_noisy(results)
    if finding.code == table.A_A_WITHOUT_INTERVAL.code:
        measured = f"measured a {kind(results, 'framework')} twice"
        return f"the noise is unknown, because too few rounds {measured}"
    if finding.code == table.NOTHING_VALID.code:
        return f"no {kind(results, 'framework')} has a valid measurement"
    if finding.code == table.BLOCKS_TOO_FEW.code:
        return _too_few(results, f"{limits.valid_blocks_share_min:.0%}")
    if finding.code == table.BLOCKS_MISSING.code:
        share = f"{limits.publishable_blocks_share_min:.0%}"
        return _too_few(results, f"{share}, and at least {limits.verdict_blocks_min}")
    return finding.cause.rstrip(".")


def _too_few(results: Results, needed: str) -> str:
    """`Flask has a value in 3 of 5 rounds (needed: 80%)`: the contestants with the least."""
    found = [
        (service.trials / service.planned, name, service)
        for measured in results.workloads.values()
        for name, service in measured.services.items()
        if results.services[name].role in COMPARED
        and service.planned
        and not results.services[name].failure
    ]
    least = min(share for share, _, _ in found)
    few = {name: service for share, name, service in found if share == least}
    name, service = next(iter(few.items()))
    who = results.services[name].display_name if len(few) == 1 else number_word(len(few))
    have = "has" if len(few) == 1 else "frameworks have"
    rounds = f"{service.trials} of {service.planned} round{'s' * (service.planned != 1)}"
    return f"{who} {have} a value in {rounds} (needed: {needed})"


def _too_noisy(results: Results) -> str:
    """`too noisy: Starlette measured twice differed by up to 18%, and 5% is the limit`."""
    limit = results.statistics.control_limit
    wide = [
        (max(1 - bounds.low, bounds.high - 1), control)
        for measured in results.workloads.values()
        if (control := measured.control)
        and verdict.too_wide(control.ratio, limit)
        and (bounds := control.ratio.confidence_interval)
    ]
    most, control = max(wide, key=lambda found: found[0])
    names: Sequence[str] = control.services or ((control.service,) if control.service else ())
    who = display_names(results, names)[0] if len(names) == 1 else "frameworks"
    differed = f"{who} measured twice differed by up to {most:.0%}"
    return f"too noisy: {differed}, and {limit:.0%} is the limit"
