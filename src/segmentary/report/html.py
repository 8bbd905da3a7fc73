"""The report as files: one HTML page that needs nothing else, the charts as pictures, the numbers as a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from segmentary.report import images, wording
from segmentary.report.figures import ReportData
from segmentary.report.numbers import day
from segmentary.report.sentences import headlines
from segmentary.report.theme import DARK, LIGHT
from segmentary.report.views import sections, tiles
from segmentary.report.xlsx import write_workbook

HERE = Path(__file__).parent
WIDE = 1046
NARROW = 342


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """Where the parts of a report were written."""

    html: Path
    xlsx: Path
    images: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart on the page: one drawing for wide windows, one for telephones."""

    title: str
    note: str
    wide: Markup
    narrow: Markup


def render_report(data: ReportData, folder: Path) -> ReportFiles:
    """Write ``report.html``, ``report.xlsx`` and ``charts/*.svg, *.png`` into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "report.html"
    page.write_text(html(data), encoding="utf-8")
    workbook = write_workbook(data, folder / "report.xlsx")
    return ReportFiles(page, workbook, images.save(data, folder / "charts"))


def html(data: ReportData) -> str:
    """Return the page: no script, no outside address, readable on paper, telephone and in the dark."""
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            title=data.title,
            as_of=day(data.as_of, data.timezone),
            zone=data.timezone,
            currency=data.currency,
            style=Markup(style()),  # noqa: S704 - our own style sheet
            tiles=tiles(data),
            headlines=headlines(data),
            sections=sections(data),
            drawings=drawings(data),
            below=data.suppress_below,
        )
    )


def drawings(data: ReportData) -> Mapping[str, Drawing]:
    """Return every chart as inline SVG. Names inside are text nodes that the renderer has escaped."""
    found = {}
    for name, draw in images.charts_of(data).items():
        title, note = wording.CHARTS[name]
        found[name] = Drawing(title, note, inline(draw(WIDE), f"{name}-wide"), inline(draw(NARROW), f"{name}-narrow"))
    return found


def inline(chart: object, name: str) -> Markup:
    return Markup(images.svg(chart, name, title=False))  # noqa: S704 - vl-convert escapes every text it draws


@cache
def environment() -> Environment:
    """Return the template environment: everything is escaped, a missing name is an error."""
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def style() -> str:
    """Return the style sheet, with the colours of the theme in both lights."""
    sheet = (HERE / "templates" / "report.css").read_text(encoding="utf-8")
    light = "".join(f"--{role.replace('_', '-')}:{colour};" for role, colour in LIGHT.items())
    dark = "".join(f"--{role.replace('_', '-')}:{colour};" for role, colour in DARK.items())
    # Drawings carry the light colours: by them each mark finds its role, and so its colour in the dark.
    marks = "".join(
        f'figure svg [{kind}="{colour}"]{{{kind}:var(--{role.replace("_", "-")})}}'
        for role, colour in LIGHT.items()
        for kind in ("fill", "stroke")
    )
    return (
        f":root{{color-scheme:light dark;{light}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n{marks}\n{sheet}"
    )
