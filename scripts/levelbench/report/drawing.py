"""Charts, and the libraries that draw them, embedded in the report.

Text and axes take the page's own colour (`currentColor`), so that one drawing serves the
light page, the dark page and the printed one.
"""

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import altair as alt
import vl_convert

from levelbench.model.results import Results
from levelbench.report.tables.table import Table

VEGA_LITE = "v" + alt.SCHEMA_VERSION.removeprefix("v").rpartition(".")[0]
STATIC_WIDTH = 420
INK = "currentColor"
MARK = "#3a82c9"
MUTED_MARK = "#8a8f98"
ROW_HEIGHT = 34
COLORS = ("#3a82c9", "#c27c0e", "#119c74", "#c163a0", "#d5602a", "#7d78d8", "#8a8a20")
"""The hues of Okabe and Ito, "Color Universal Design" (2008), which colour-blind readers can
distinguish, with a contrast of 3:1 to the light page and to the dark one (WCAG 2.2, 1.4.11)."""
LOGARITHMIC = alt.Scale(type="log", nice=False, padding=12)
SHAPES = ("circle", "square", "triangle-up", "diamond", "triangle-down", "triangle-right")
"""Shapes, so that no reader depends on colour."""


@dataclass(frozen=True)
class Chart:
    """A plot, its description, and the table with its values."""

    id: str
    title: str
    description: str
    plot: alt.Chart | alt.LayerChart
    height: int
    """Pixels of the plot; the width is the page's."""
    table: Table
    """A table of the report."""

    @cached_property
    def spec(self) -> dict[str, Any]:
        """For the browser."""
        return self._sized("container")

    @cached_property
    def svg(self) -> str:
        """For readers without JavaScript."""
        return vl_convert.vegalite_to_svg(self._sized(STATIC_WIDTH), vl_version=VEGA_LITE)

    def _sized(self, width: int | str) -> dict[str, Any]:
        spec: dict[str, Any] = (
            self.plot.properties(width=width, height=self.height, description=self.description)
            .configure(background="transparent", font="system-ui, sans-serif")
            .configure_axis(
                labelColor=INK,
                titleColor=INK,
                tickColor=INK,
                domainColor=INK,
                gridColor=INK,
                gridOpacity=0.12,
                labelFontSize=13,
                titleFontSize=12,
                titleFontWeight="normal",
            )
            .configure_axisX(labelFlush=False, tickCount=5)
            .configure_axisY(domain=False, ticks=False, labelPadding=8)
            .configure_axisBand(grid=False)
            .configure_legend(labelColor=INK, labelFontSize=13, symbolStrokeWidth=2)
            .configure_view(stroke=None)
            .to_dict()
        )
        return spec


@cache
def library() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script that needs no network."""
    return vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=VEGA_LITE)


def marked(results: Results, names: list[str]) -> tuple[alt.Color, alt.Shape]:
    """A contestant's colour and shape in every chart; `names` are display names.

    References and exhibits are grey.
    """
    contestants = sorted(
        s.display_name for s in results.services.values() if s.role == "contestant"
    )
    places = {name: place for place, name in enumerate(contestants)}
    colors = [COLORS[places[n] % len(COLORS)] if n in places else MUTED_MARK for n in names]
    shapes = [SHAPES[places[n] % len(SHAPES)] if n in places else "cross" for n in names]
    legend = alt.Legend(title=None, orient="top", columns=2)
    return (
        alt.Color("contestant:N", scale=alt.Scale(domain=names, range=colors), legend=legend),
        alt.Shape("contestant:N", scale=alt.Scale(domain=names, range=shapes), legend=legend),
    )
