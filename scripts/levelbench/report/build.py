"""From a run's folder to its report: results.json, results.csv, report.md and report.html."""

from collections.abc import Callable, Sequence
from pathlib import Path

from levelbench.derive import derive
from levelbench.files import write_atomic
from levelbench.records import load_run
from levelbench.report import csvfile, html, markdown
from levelbench.results import RESULTS_FILE, Claim, Results, to_results_json
from levelbench.timelines import with_timelines

CSV_FILE, MARKDOWN_FILE, HTML_FILE = "results.csv", "report.md", "report.html"

Judge = Callable[[Results], Sequence[Claim]]


def build(folder: Path, judge: Judge | None = None) -> Results:
    """Write what can be derived; the same folder gives the same bytes.

    `judge` holds published claims against the results. Raises ResultsError for a folder that
    cannot be read; nothing is written then.
    """
    run = with_timelines(load_run(folder), folder)
    results = derive(run)
    if judge:
        results = derive(run, judge(results))
    files = {
        RESULTS_FILE: to_results_json(results, folder),
        CSV_FILE: csvfile.render(results),
        MARKDOWN_FILE: markdown.render(results, run),
        HTML_FILE: html.render(results, run),
    }
    for name, text in files.items():
        write_atomic(folder / name, text)
    return results
