"""The chart of throughput over time, with the warm-up shaded."""

import altair as alt

from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.report.charts.rows import CONTESTANT, names
from levelbench.report.drawing import INK, Chart, marked
from levelbench.report.standing import ordered
from levelbench.report.tables import overtime
from levelbench.report.words import load_name

HEIGHT = 240
WARMUP = "warm-up"


def throughput(results: Results, run: Run, workload: str) -> Chart | None:
    seconds = {name: _seconds(run, workload, name) for name in ordered(results, workload)}
    rows = [
        {
            "contestant": results.services[name].display_name,
            "second": second,
            "value": value,
            "phase": phase,
        }
        for name, own in seconds.items()
        for second, value, phase in own
    ]
    if not rows:
        return None
    color, shape = marked(results, names(rows))
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X(
            "second:Q", title="Seconds since the start of the load", scale=alt.Scale(nice=False)
        ),
        y=alt.Y("value:Q", title="Requests/s", scale=alt.Scale(zero=True)),
        color=color,
    )
    lines = base.mark_line(strokeWidth=1.5)
    points = base.mark_point(filled=True, size=22, opacity=1).encode(
        shape=shape,
        tooltip=[
            CONTESTANT,
            alt.Tooltip("second:Q", title="Second"),
            alt.Tooltip("phase:N", title="Phase"),
            alt.Tooltip("value:Q", title="Requests/s", format=",.1f"),
        ],
    )
    warmups = (second for own in seconds.values() for second, _, phase in own if phase == WARMUP)
    end = max(warmups, default=0)
    shade = alt.Chart(alt.InlineData(values=[{"start": 0.5, "end": end + 0.5}]))
    return Chart(
        f"overtime-{workload}",
        f"Throughput over time: {load_name(workload)}",
        "Responses in each second, mean over measurements. The shaded warm-up is not part of any "
        "result.",
        shade.mark_rect(color=INK, opacity=0.1).encode(x="start:Q", x2="end:Q") + lines + points,
        height=HEIGHT,
        table=overtime.throughput(run, workload),
    )


def _seconds(run: Run, workload: str, name: str) -> list[tuple[int, float, str]]:
    found = overtime.of_contestant(run, workload, name)
    warmup = [(value, WARMUP) for value in overtime.by_second([line.warmup for line in found])]
    window = [
        (value, "measurement") for value in overtime.by_second([line.window for line in found])
    ]
    return [(second, *part) for second, part in enumerate([*warmup, *window], start=1)]
