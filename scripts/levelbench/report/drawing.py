"""A chart, and the libraries that draw it, all within the one file.

Text and axes take the page's own colour (`currentColor`), so that one drawing serves the
light page, the dark page and the printed one.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import altair as alt
import vl_convert

VEGA_LITE = "v" + alt.SCHEMA_VERSION.removeprefix("v").rpartition(".")[0]
STATIC_WIDTH = 640
INK = "currentColor"
MARK = "#3a82c9"
MUTED_MARK = "#8a8f98"
ROW_HEIGHT = 34
# Okabe and Ito, "Color Universal Design" (2008): told apart by colour-blind readers too.
COLORS = ("#3a82c9", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#b8a800")


@dataclass(frozen=True)
class Chart:
    """A specification for the browser, and its drawing for where no script runs."""

    id: str
    title: str
    description: str
    spec: dict[str, Any]
    svg: str


@cache
def library() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script that loads nothing from anywhere."""
    script: str = vl_convert.javascript_bundle(
        "window.vegaEmbed = vegaEmbed;", vl_version=VEGA_LITE
    )
    return script


def draw(
    identity: str, title: str, description: str, chart: alt.Chart | alt.LayerChart, *, height: int
) -> Chart:
    """`height` in pixels, of the plot alone; the width is the page's."""

    def sized(width: int | str) -> dict[str, Any]:
        spec: dict[str, Any] = (
            chart.properties(width=width, height=height, description=description)
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
            .configure_axisY(grid=False, ticks=False, domain=False, labelPadding=8)
            .configure_view(stroke=None)
            .to_dict()
        )
        return spec

    svg = vl_convert.vegalite_to_svg(sized(STATIC_WIDTH), vl_version=VEGA_LITE)
    return Chart(identity, title, description, sized("container"), svg)
