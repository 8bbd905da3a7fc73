"""Charts on pages: the one Altair definition as Vega-Lite for the browser and as a picture without JavaScript.

Colours are those of `segmentary.report.theme`, drawn light; in the dark the picture's own style sheet, and the script
of the page, give every colour's role its other value.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from fastapi import Response

SAFE = re.compile(r"[^A-Za-z0-9_-]")


def spec_answer(chart: Any) -> Response:
    """Return an Altair chart as Vega-Lite."""
    return Response(json.dumps(chart.to_dict(), default=str), media_type="application/json")


def picture_answer(chart: Any, name: str) -> Response:
    """Return an Altair chart as SVG that follows light and dark."""
    from segmentary.report.images import svg

    drawn = svg(chart, SAFE.sub("-", name), title=False)
    cut = drawn.index(">", drawn.index("<svg")) + 1
    return Response(drawn[:cut] + dark_style() + drawn[cut:], media_type="image/svg+xml")


@cache
def dark_style() -> str:
    """Return a style sheet that gives every light colour of a drawing its dark one."""
    rules = "".join(
        f'[{kind}="{light}" i]{{{kind}:{dark}}}' for light, dark in colours().items() for kind in ("fill", "stroke")
    )
    return f"<style>@media(prefers-color-scheme:dark){{{rules}}}</style>"


def colours() -> dict[str, str]:
    """Return light colour -> dark colour."""
    from segmentary.report.theme import DARK, LIGHT

    return {LIGHT[role].lower(): DARK[role] for role in LIGHT}


@cache
def vega_script() -> bytes:
    """Return the chart library as one module with ``vegaEmbed``; made once, from the package that draws for us."""
    import vl_convert

    made = vl_convert.javascript_bundle()  # type: ignore[call-arg]
    return str(made).encode()
