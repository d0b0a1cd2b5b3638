"""Draw a plot in monospace text, for places that show no SVG: Markdown, a job's log, a terminal."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.cells import cell_len, set_cell_size

from levelbench.report.plot import Axis, Mark, MarkKind, Plot, Row

WIDTH = 80
TRACK_MIN = 24
"""Columns of a readable track; labels stand above it where there is less room."""
GAP = 2
SYMBOLS: dict[MarkKind, str] = {"filled": "●", "hollow": "○", "diamond": "◇", "cross": "x"}
INTERVALS: dict[MarkKind, str] = {"filled": "━"}
THIN = "─"
BARS = "█▓▒░▚"
HATCHED = "/"
BAND, ZERO, ARROWS = "░", "│", ("◄", "►")


def render(plot: Plot, width: int = WIDTH) -> str:
    """Lines of at most `width` columns, without trailing spaces."""
    bars = _bar_characters(plot)
    labels = max((cell_len(_label(row)) for row in plot.rows), default=0)
    texts = max((cell_len(_text(row)) for row in plot.rows), default=0)
    track = width - labels - texts - 2 * GAP
    beside = track >= TRACK_MIN
    if not beside:
        labels, track = 0, width
    start = labels + GAP if beside else 0
    lines = [*_flow(plot.title.split(), width), *_legend(plot, bars, width), ""]
    lines.append(" " * start + _ticks(plot.axis, track))
    for place, (_, rows) in enumerate(groupby(plot.rows, key=lambda row: row.group)):
        if place:
            lines.append("")
        for row in rows:
            drawn = _track(plot.axis, row.marks, track, bars)
            if beside:
                label = set_cell_size(_label(row), labels)
                lines.append(f"{label}{' ' * GAP}{drawn}{' ' * GAP}{_text(row)}")
            else:
                text = f"{_label(row)}: {row.value}" + (f" ({row.detail})" if row.detail else "")
                lines += [*_flow(text.split(), width), drawn]
    if plot.more_title:
        lines.append(f"({plot.more_title})")
    return "\n".join(line.rstrip() for line in lines)


def _label(row: Row) -> str:
    """On one line, without control characters: names come from outside."""
    words = " ".join(row.label.split())
    return "".join(character for character in words if character.isprintable())


def _text(row: Row) -> str:
    return f"{row.value}  {row.detail}" if row.detail else row.value


def _flow(parts: Iterable[str], width: int, gap: str = " ") -> list[str]:
    """Lines of whole parts; one that is longer than a line is cut."""
    lines: list[str] = []
    for part in parts:
        rest = part
        if lines and cell_len(lines[-1] + gap + rest) <= width:
            lines[-1] += gap + rest
            continue
        while cell_len(rest) > width:
            head = set_cell_size(rest, width).rstrip()
            lines.append(head)
            rest = rest[len(head) :]
        lines.append(rest)
    return lines


def _bar_characters(plot: Plot) -> dict[str, str]:
    """Layers in the order of the drawing, each with a character of its own while there are any."""
    marks = (mark for row in plot.rows for mark in row.marks if mark.kind == "bar")
    layers = list(dict.fromkeys(mark.layer for mark in marks))
    return {layer: BARS[place % len(BARS)] for place, layer in enumerate(layers)}


def _legend(plot: Plot, bars: dict[str, str], width: int) -> list[str]:
    hatched = dict.fromkeys(plot.hatched_layers, HATCHED)
    signs = {"band": BAND, "none": THIN * 2, "hatched": HATCHED, **SYMBOLS, **bars, **hatched}
    parts = (f"{signs[kind]} {words}" for kind, words in plot.legend if kind in signs)
    return _flow(parts, width, gap="   ")


def _ticks(axis: Axis, track: int) -> str:
    """Labels of the ticks, each centred at its place; those that would touch another are left out,
    the ends last."""
    line = " " * track
    inner = sorted(axis.ticks, key=lambda tick: tick not in (axis.ticks[0], axis.ticks[-1]))
    for tick in inner:
        text = axis.tick_text(tick)
        at = min(max(0, _column(axis, tick, track) - len(text) // 2), track - len(text))
        if at >= 0 and not line[max(0, at - 1) : at + len(text) + 1].strip():
            line = line[:at] + text + line[at + len(text) :]
    return line


def _column(axis: Axis, value: float, track: int) -> int:
    return round(axis.place(value) * (track - 1))


def _track(axis: Axis, marks: Sequence[Mark], track: int, bars: dict[str, str]) -> str:
    cells = [" "] * track
    if axis.band:
        low, high = (_column(axis, end, track) for end in axis.band)
        cells[low : high + 1] = BAND * (high + 1 - low)
    origin = 1.0 if axis.change else 0.0
    if axis.has(origin) and (axis.band or axis.low < origin):
        cells[_column(axis, origin, track)] = ZERO
    for mark in marks:
        if mark.is_bar:
            _bar(cells, axis, mark, bars.get(mark.layer, HATCHED))
        else:
            _point(cells, axis, mark)
    return "".join(cells)


def _bar(cells: list[str], axis: Axis, mark: Mark, character: str) -> None:
    low = axis.low if mark.low is None else mark.low
    high = mark.value if mark.high is None else mark.high
    if high is None:
        return
    start, end = (round(axis.place(bound) * len(cells)) for bound in (low, high))
    cells[start:end] = (HATCHED if mark.kind == "hatched" else character) * (end - start)


def _point(cells: list[str], axis: Axis, mark: Mark) -> None:
    track = len(cells)
    if mark.low is not None and mark.high is not None:
        start, end = (_column(axis, bound, track) for bound in (mark.low, mark.high))
        cells[start : end + 1] = INTERVALS.get(mark.kind, THIN) * (end + 1 - start)
        if mark.low < axis.low:
            text = ARROWS[0] + axis.beyond(mark.low, mark.dot)
            cells[: len(text)] = text
        if mark.high > axis.high:
            text = axis.beyond(mark.high, mark.dot) + ARROWS[1]
            cells[track - len(text) :] = text
    if mark.value is not None and axis.has(mark.value) and mark.kind in SYMBOLS:
        cells[_column(axis, mark.value, track)] = SYMBOLS[mark.kind]
