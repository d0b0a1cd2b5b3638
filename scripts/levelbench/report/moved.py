"""What moved since the last run of the series, in sentences."""

from collections.abc import Iterator
from datetime import datetime

from levelbench.analysis.text import display_name
from levelbench.model.results import Results
from levelbench.model.since import Moved, Since
from levelbench.report import regression, verdicts
from levelbench.report.words import capital, display_names, join, load_name

SHOWN = 3
NOTHING = "nothing moved beyond noise"


def lines(results: Results) -> tuple[str, ...]:
    """Sentences, the first one with the date of the last run; none for a run without one."""
    last = results.since
    if last is None:
        return ()
    if last.refused:
        return (f"Not compared with the last run ({_date(last)}): {last.refused}.",)
    if not results.publishable:
        return (f"Not compared with the last run ({_date(last)}): do not quote this one.",)
    first, *more = _changes(results, last)
    texts = (f"Since the last run ({_date(last)}): {first}", *map(capital, more))
    return tuple(f"{text}." for text in texts)


def _changes(results: Results, last: Since) -> Iterator[str]:
    if last.newly_failing:
        yield f"{join(display_names(results, last.newly_failing))} began to fail"
    for moved in last.moved[:SHOWN]:
        yield sentence(results, moved)
    if len(last.moved) > SHOWN:
        yield f"{len(last.moved) - SHOWN} more changed"
    if not last.moved and not last.newly_failing:
        if last.slowdown is None:
            yield f"{NOTHING}, but no bound of a slowdown is known"
        elif last.slowdown:
            most = regression.percent(last.slowdown)
            yield f"{NOTHING}; a slowdown of up to {most} is not excluded"
        else:
            yield NOTHING


def sentence(results: Results, moved: Moved) -> str:
    """Without a full stop: `Flask served 30% fewer requests relative to the others (27 to 32%)`."""
    name = display_name(results, moved.service)
    where = f"{load_name(moved.workload)}{f', {moved.endpoint}' if moved.endpoint else ''}"
    if moved.ratio.value is None:
        change = "slower" if moved.verdict == "worse" else "faster"
        return f"at {where}, {name} became {change} relative to the others"
    size = verdicts.amount(moved.ratio, moved.ratio.value, moved.metric)
    return (
        f"at {where}, {name} {verdicts.verb(moved.metric)} {size} relative to the others "
        f"({verdicts.extent(moved.ratio)})"
    )


def _date(last: Since) -> str:
    started: datetime = last.started_at
    return f"{started.day} {started:%b %Y}, {last.run_id}"
