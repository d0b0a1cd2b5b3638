"""k6 summary documents of disturbed loads, interference and overload
(k6/lib/disturbed_summary.js)."""

from collections.abc import Sequence
from typing import Literal

from pydantic import model_validator

from levelbench.load.document import Answered, Counter, Document, MixSettings, require_all
from levelbench.load.summary import Bounds, Summary
from levelbench.model.base import Amount, Count, Model
from levelbench.model.loads import Disturbance
from levelbench.model.measurement import Disturbed, DisturbedPart, LatencySummary, Window
from levelbench.model.vocabulary import PARTS, Part

STEADY_S = 3
"""Seconds in a row after which p95 is back: two of 60 requests each may look so by chance."""


class Sent(Answered):
    """Requests that began in one part, of all cycles."""

    timeouts: Counter

    def part(self, seconds: float, due: int) -> DisturbedPart:
        return DisturbedPart(
            seconds=seconds,
            due=due,
            requests=self.requests.count,
            errors=self.errors.count,
            timeouts=self.timeouts.count,
            latency=self.latency.latency(),
        )


class Parts(Model):
    """Of one who sends."""

    warmup: Sent
    before: Sent
    during: Sent
    after: Sent

    def of(self, part: Part) -> Sent:
        return {"before": self.before, "during": self.during, "after": self.after}[part]

    @property
    def measured(self) -> tuple[Sent, ...]:
        return self.before, self.during, self.after


class Senders(Model):
    """`others` are all but those that disturb."""

    others: Parts
    logins: Parts | None = None
    health: Parts | None = None


class Second(Model):
    """Requests of `others` that began in it."""

    count: Count
    p95_ms: Amount | None


class DisturbanceSettings(Disturbance):
    """As k6 was given it."""

    warmup_s: Count
    rates_rps: tuple[Count, Count, Count]


class DisturbedSettings(MixSettings):
    """With the parts of the load."""

    disturbance: DisturbanceSettings


class DisturbedDocument(Document):
    """workloads/interference.js and workloads/overload.js."""

    workload: Literal["interference", "overload"]
    settings: DisturbedSettings
    window: Bounds
    senders: Senders
    seconds: tuple[Second, ...]

    @model_validator(mode="after")
    def _parts_add_up(self) -> "DisturbedDocument":
        own, senders = self.settings.disturbance, self.senders
        require_all(self.answers)
        sent = [parts for parts in (senders.others, senders.logins) if parts]
        counted = sum(
            part.requests.count for parts in sent for part in (parts.warmup, *parts.measured)
        )
        answers = sum(each.requests for each in self.answers.values())
        if counted != answers:
            raise ValueError(f"answers hold {answers} of the load's {counted} requests")
        if len(self.seconds) != own.warmup_s + own.length_s:
            raise ValueError(f"{len(self.seconds)} seconds are not the load's")
        if self.window.end_epoch_ms - self.window.start_epoch_ms != 1000 * own.length_s:
            raise ValueError(f"the window is not {own.length_s} s")
        return self

    def summary(self) -> Summary:
        """One window of all cycles. It has no rate or latency: these would be of a mix of parts.

        Its errors are those before the disturbance, and all where logins disturb: what an overload
        refuses is its result.
        """
        own, senders = self.settings.disturbance, self.senders
        logins, health = senders.logins, senders.health
        seconds: dict[Part, int] = {
            "before": own.cycles * own.before_s,
            "during": own.cycles * own.during_s,
            "after": own.cycles * own.after_s,
        }
        rates = dict(zip(PARTS, own.rates_rps, strict=True))
        sent = [parts for parts in (senders.others, logins, health) if parts]
        measured = [part for parts in sent for part in parts.measured]
        counted = measured if logins else [senders.others.before]
        return Summary(
            **self.common(),
            warmup_s=own.warmup_s,
            bounds=(self.window,),
            window=Window(
                seconds=own.length_s,
                requests=sum(part.requests.count for part in measured),
                errors=sum(part.errors.count for part in counted),
                throughput_rps=None,
                latency=LatencySummary(count=sum(part.latency.count for part in measured)),
                offered_rps=own.rates_rps[0],
            ),
            disturbed=Disturbed(
                rates_rps=own.rates_rps,
                others={
                    part: senders.others.of(part).part(seconds[part], rates[part] * seconds[part])
                    for part in PARTS
                },
                logins=logins.during.part(seconds["during"], (own.logins or 0) * own.cycles)
                if logins
                else None,
                health={
                    part: health.of(part).part(seconds[part], (own.health_rps or 0) * seconds[part])
                    for part in PARTS
                }
                if health
                else {},
                recovered_s=tuple(self._recovered_s(cycle) for cycle in range(own.cycles)),
                watched_s=own.after_s + (own.during_s if logins else 0),
            ),
        )

    def _recovered_s(self, cycle: int) -> int | None:
        """Seconds from a burst of logins, or from the end of an overload, until p95 is back."""
        own = self.settings.disturbance
        start = own.warmup_s + cycle * (own.before_s + own.during_s + own.after_s)
        during, after = start + own.before_s, start + own.before_s + own.during_s
        p95s = [second.p95_ms for second in self.seconds]
        since = during if self.senders.logins else after
        return recovered_s(p95s[start:during], p95s[since : after + own.after_s])


def recovered_s(before: Sequence[float | None], since: Sequence[float | None]) -> int | None:
    """Seconds until `STEADY_S` seconds in a row have a p95 that is no higher than the highest of a
    second before. None where there are none; a second without an answer is not one of them."""
    worst = max((p95 for p95 in before if p95 is not None), default=0.0)
    back = [p95 is not None and p95 <= worst for p95 in since]
    starts = range(len(back) - STEADY_S + 1)
    return next((start for start in starts if all(back[start : start + STEADY_S])), None)
