"""The results of a run in README.md, between its markers: the answer, its picture, all figures."""

import re

from markupsafe import escape

from levelbench.errors import LabError
from levelbench.model import workloads
from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.report import machine, markdown
from levelbench.report.answer import main_workload
from levelbench.report.build import MARKDOWN_FILE, PICTURE_FILES
from levelbench.report.sections import Opening, opening
from levelbench.report.tables import contestants, pairs

PICTURES = {theme: f"docs/images/{name}" for theme, name in PICTURE_FILES.items()}
REPORT = "docs/results/report.md"
COPIES = {**{name: PICTURES[theme] for theme, name in PICTURE_FILES.items()}, MARKDOWN_FILE: REPORT}
"""File of a run's folder -> its place in the folder of README.md."""

LINKS = (
    f"[Full report]({REPORT}) · [How we measure](#how-a-number-is-made) · "
    "[What we don't](#what-is-not-measured)"
)


def render(text: str, results: Results, run: Run) -> str:
    """README.md with the results of a run. Raises LabError for a text without the markers, or a run
    without a pair to compare."""
    workload, found = main_workload(results), opening(results, run)
    if workload is None or not found.pictures:
        raise LabError(f"{results.run_id} compares no contestants", "Name a run that does.")
    text = replaced(text, "results", _first_screen(results, run, found))
    return replaced(text, "figures", _figures(results, workload, found))


def replaced(text: str, name: str, content: str) -> str:
    """Replace what stands between two markers. Raises LabError where they are missing."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    changed, count = pattern.subn(lambda _: f"{begin}\n{content}\n{end}", text)
    if count != 1:
        raise LabError(
            f"the README has {count} places for the {name} of a run, not one",
            f"It needs a line {begin} and, below it, a line {end}.",
        )
    return changed


def _first_screen(results: Results, run: Run, found: Opening) -> str:
    answer = " ".join(found.sentences)
    return "\n\n".join(
        [_picture(answer), markdown.escape(answer), _made(results, run, found), LINKS]
    )


def _picture(alternative: str) -> str:
    return (
        "<picture>\n"
        f'  <source media="(prefers-color-scheme: dark)" srcset="{PICTURES["dark"]}">\n'
        f'  <img src="{PICTURES["light"]}" alt="{escape(alternative)}">\n'
        "</picture>"
    )


def _made(results: Results, run: Run, found: Opening) -> str:
    """The status, the date and the machine."""
    day = f"{run.record.started_at:%d %B %Y}".removeprefix("0")
    carried = ": ratios carry over to other machines, requests/s do not" * found.status.decides
    return (
        f"{found.status.shape} **{found.status.word}.** {markdown.escape(found.status.reason)}. "
        f"{day}, `make bench PROFILE={results.profile}` on "
        f"{markdown.escape(machine.cores(results))}{carried}."
    )


def _figures(results: Results, workload: str, found: Opening) -> str:
    """All figures of the main workload, folded."""
    primary = workloads.of(workload).primary.name
    shown = markdown.of_tables(
        found.overview,
        found.cores,
        contestants.head_to_head(results, workload),
        pairs.comparisons(results, workload, primary),
    )
    return f"<details>\n<summary>All figures</summary>\n\n{shown}\n\n</details>"
