"""From a run's folder to its report: results.json, results.csv, report.md, report.html, and the
first picture as files of its own."""

from pathlib import Path

from levelbench.analysis.claims.article import article
from levelbench.analysis.claims.judge import judged
from levelbench.analysis.derive import derive
from levelbench.model.files import write_atomic
from levelbench.model.folder import load_run
from levelbench.model.results import RESULTS_FILE, Results, to_results_json
from levelbench.report import csvfile, html, markdown, plot_svg
from levelbench.report.charts.pairs import first_picture

CSV_FILE, MARKDOWN_FILE, HTML_FILE = "results.csv", "report.md", "report.html"
PICTURE_FILES: dict[plot_svg.Theme, str] = {"light": "pairs-light.svg", "dark": "pairs-dark.svg"}
"""For README and other pages; absent from a run without a pair to compare."""
DIRECTIONS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), "\ufffd")
"""Characters that turn the direction of all text after them, as a name from outside could."""


def build(folder: Path) -> Results:
    """Write what can be derived; the same folder gives the same bytes.

    Raises ResultsError for a folder that cannot be read; nothing is written then.
    """
    run = load_run(folder)
    results = judged(derive(run, article().claimed_leads()))
    files = {
        RESULTS_FILE: to_results_json(results, folder),
        CSV_FILE: csvfile.render(results),
        MARKDOWN_FILE: markdown.render(results, run),
        HTML_FILE: html.render(results, run),
    }
    picture = first_picture(results)
    for theme, name in PICTURE_FILES.items():
        if picture:
            files[name] = plot_svg.render(picture, theme)
        else:
            (folder / name).unlink(missing_ok=True)
    for name, text in files.items():
        shown = text.translate(DIRECTIONS) if name in (MARKDOWN_FILE, HTML_FILE) else text
        write_atomic(folder / name, shown)
    return results
