"""From a run's folder to its report: results.json, results.csv, report.md and report.html."""

from pathlib import Path

from levelbench.claims.judge import judged
from levelbench.derive import derive
from levelbench.files import write_atomic
from levelbench.records.folder import load_run
from levelbench.report import csvfile, html, markdown
from levelbench.results import RESULTS_FILE, Results, to_results_json
from levelbench.timelines import with_timelines

CSV_FILE, MARKDOWN_FILE, HTML_FILE = "results.csv", "report.md", "report.html"


def build(folder: Path) -> Results:
    """Write what can be derived; the same folder gives the same bytes.

    Raises ResultsError for a folder that cannot be read; nothing is written then.
    """
    run = with_timelines(load_run(folder), folder)
    results = judged(derive(run))
    files = {
        RESULTS_FILE: to_results_json(results, folder),
        CSV_FILE: csvfile.render(results),
        MARKDOWN_FILE: markdown.render(results, run),
        HTML_FILE: html.render(results, run),
    }
    for name, text in files.items():
        write_atomic(folder / name, text)
    return results
