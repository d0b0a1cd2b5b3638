"""Build the site: static pages of all published runs, without a network and without a clock."""

import json
from pathlib import Path

from levelbench.history.archive import Archive, latest
from levelbench.history.pages import FEED, Page, pages
from levelbench.history.store import REPORT_FILE, Store, StoreError
from levelbench.model.files import to_json
from levelbench.model.results import RESULTS_FILE
from levelbench.model.store import LATEST_FILE, LATEST_SCHEMA_FILE, RUNS_FOLDER, Latest
from levelbench.report import html
from levelbench.report.build import DIRECTIONS

CONTROLS = dict.fromkeys((*range(9), 11, 12, *range(14, 32)), "\ufffd")
"""Characters that XML does not have."""
COPIED = (REPORT_FILE, RESULTS_FILE)
"""Files of a run that the site has too."""
PACKAGE = "levelbench.history"
STYLES = (*html.STYLES, "site.css")


def build(store: Store, to: Path) -> tuple[Page, ...]:
    """Write all files of the site into a folder; the same store gives the same bytes.

    Raises LabError for a store without a run, or that cannot be read.
    """
    archive = Archive(store.published())
    if not archive.runs:
        raise StoreError(
            f"the branch {store.branch} of {store.repository} has no published run",
            "`make publish` adds one.",
        )
    built = tuple(pages(archive))
    environment = html.environment(PACKAGE)
    page, feed = (environment.get_template(name) for name in ("page.html.j2", "feed.xml.j2"))
    style = html.source(*STYLES, packages=(PACKAGE,))
    files = {one.path: page.render(page=one, style=style, feed=FEED) for one in built}
    files[FEED] = feed.render(archive=archive, updated=archive.runs[-1].entry.started_at)
    files = {name: text.translate(DIRECTIONS | CONTROLS) for name, text in files.items()}
    files[LATEST_FILE] = to_json(latest(archive))
    files[LATEST_SCHEMA_FILE] = json.dumps(Latest.model_json_schema(), indent=2) + "\n"
    for run in archive.runs:
        name = run.entry.run_id
        files |= {f"{RUNS_FOLDER}/{name}/{file}": store.read(name, file) for file in COPIED}
    for name, text in files.items():
        place = to / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8", newline="\n")
    return built
