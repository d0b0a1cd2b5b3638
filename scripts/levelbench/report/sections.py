"""The report in reading order, for Markdown and HTML alike: the opening, then the sections."""

from dataclasses import dataclass, replace

from levelbench.model import workloads
from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.model.vocabulary import ENDPOINTS
from levelbench.report import (
    article,
    charts,
    code,
    cores,
    counted,
    equal_work,
    guide,
    instructions,
    machine,
    mix,
    moved,
    production,
    size,
    sweep,
    trust,
    variants,
)
from levelbench.report.answer import answer, main_workload
from levelbench.report.charts.pairs import first_picture, picture
from levelbench.report.plot import Plot
from levelbench.report.section import Section as Section
from levelbench.report.status import Status, status
from levelbench.report.tables.overview import overview
from levelbench.report.tables.table import Table

MEANING = "What it means for you: cores for your load"
LIMITS = (
    "Not measured: more than one core, slow upstream services (the case that async is made for), "
    "large code bases. Your own service can be compared only if it implements the contract."
)
LIMITS_OF_GUEST = (
    "This service is measured by its own requests and does no equal work: its numbers cannot be "
    "compared with those of others. Not measured: more than one core, slow upstream services."
)


@dataclass(frozen=True)
class Opening:
    """The first screen: whether the run may be quoted, what it found, and the overview."""

    status: Status
    moved: tuple[str, ...]
    """What moved since the last run of the series, if there is one."""
    sentences: tuple[str, ...]
    pictures: tuple[Plot, ...]
    """The pairs; one picture for each endpoint where these were isolated."""
    overview: Table
    cores: Table
    limits: str
    """What the run does not measure."""


def opening(results: Results, run: Run) -> Opening:
    main = main_workload(results)
    return Opening(
        status(results, run),
        moved.lines(results),
        size.sentences(results) or sweep.sentences(results) or answer(results, run),
        pictures(results, main) if main else (),
        overview(results, run, main) if main else Table("", (), ()),
        replace(cores.table(results), layout="glance"),
        LIMITS_OF_GUEST if results.has_guest else LIMITS,
    )


def pictures(results: Results, main: str) -> tuple[Plot, ...]:
    """The pairs under the main workload; a picture for each endpoint where these were isolated."""
    if workloads.of(main).alone:
        found = (picture(results, main, endpoint) for endpoint in ENDPOINTS)
    else:
        found = (one for one in [first_picture(results)])
    return tuple(one for one in found if one)


def sections(results: Results, run: Run) -> list[Section]:
    """All sections after the opening."""
    main = main_workload(results)
    order = sorted(results.workloads, key=lambda workload: workload != main)
    if run.record.counting:
        parts: tuple[Section, ...] = (
            counted.section(results),
            instructions.section(results, run),
            variants.section(results, run, order),
            equal_work.section(results, run),
            replace(machine.section(results, run, order), folded=True),
        )
        return [part for part in parts if not part.is_empty]
    if results.has_guest:
        parts = (
            charts.section(results, run, order),
            trust.section(results, run, order),
            replace(machine.section(results, run, order), folded=True),
        )
        return [part for part in parts if not part.is_empty]
    parts = (
        size.section(results),
        sweep.section(results, order),
        charts.section(results, run, order),
        mix.section(results, run),
        variants.section(results, run, order),
        guide.section(results, run),
        _code(results, run),
        equal_work.section(results, run),
        trust.section(results, run, order),
        replace(article.section(results, run), folded=True),
        replace(machine.section(results, run, order), folded=True),
    )
    return [part for part in parts if not part.is_empty]


def _code(results: Results, run: Run) -> Section:
    """What is written, and what is run."""
    written, needed = code.section(results, run), production.section(results, run)
    return replace(written, sections=(*written.sections, needed))
