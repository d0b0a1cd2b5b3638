"""The findings of a run in the terminal: grouped by check, errors first, at most five lines."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.text import Text

from levelbench.model.finding import Finding, Severity
from levelbench.progress import hanging

LINES_MAX = 5
STYLES: dict[Severity, str] = {"error": "red", "warning": "yellow", "info": ""}
SEVERITIES = tuple(STYLES)


def findings_lines(findings: Iterable[Finding], width: int) -> list[Text]:
    """One line per check that found something, wrapped to `width` columns."""
    groups = _grouped(findings)
    shown = groups if len(groups) <= LINES_MAX else groups[: LINES_MAX - 1]
    lines = [hanging(Text("  "), _line(group), width, indent=4) for group in shown]
    if hidden := len(groups) - len(shown):
        lines.append(Text(f"  {hidden} more: see the report"))
    return lines


def _grouped(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Findings of one severity and code together: errors first, then the most frequent."""
    groups: dict[tuple[int, str], list[Finding]] = {}
    for finding in findings:
        if finding.severity != "info":
            key = SEVERITIES.index(finding.severity), finding.code
            groups.setdefault(key, []).append(finding)
    order = sorted(groups, key=lambda key: (key[0], -len(groups[key])))
    return [groups[key] for key in order]


def _line(group: Sequence[Finding]) -> Text:
    first = group[0]
    return Text.assemble(
        (first.severity, STYLES[first.severity]), f" {first.code}: {_summary(group)}"
    )


def _summary(group: Sequence[Finding]) -> str:
    """The cause where there is one, else the number of findings; and the trials concerned."""
    causes = {finding.cause for finding in group}
    trials = {number for finding in group for number in finding.trials}
    what = causes.pop() if len(causes) == 1 else f"{len(group)} findings"
    where = f"trial{'s' if len(trials) > 1 else ''} {compact(trials)}" if trials else ""
    return f"{what} ({where})" if where else what


def compact(numbers: Iterable[int]) -> str:
    """Numbers in order, consecutive ones as a range: `6, 9-10, 16-18`."""
    ordered = sorted(numbers)
    runs = groupby(enumerate(ordered), lambda pair: pair[1] - pair[0])
    spans = [[number for _, number in run] for _, run in runs]
    return ", ".join(f"{span[0]}-{span[-1]}" if len(span) > 1 else str(span[0]) for span in spans)
