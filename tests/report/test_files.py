"""Forms of a report: what is written, and what is said where an optional package is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from segmentary.errors import UsageError
from segmentary.models.intervals import Interval
from segmentary.report import files, pdf, slides
from segmentary.report.document import Answer, Document, Field, Figure, Grid, Native, Part, Portrait, series_of


def document() -> Document:
    """Every piece once."""
    from segmentary.report.charts import dots

    values = [Interval(0.3, 0.2, 0.4, 90), Interval(0.6, 0.5, 0.7, 80)]
    rows = [dots.Dot(name, v.estimate, v.low, v.high, "x") for name, v in zip(("a", "b"), values, strict=True)]
    figure = Figure(
        "one", "A title", "A note.", lambda width: dots.chart(rows, "A title", "A note.", width=width),
        (Native("bars", "A title", ("a", "b"), (series_of("share", values),), "0%"),),
    )  # fmt: skip
    hostile = "#set page(width: 1pt) *bold* $x$ \\ [ ] </script>"
    grid = Grid("T", hostile, (Field("Name"), Field("Share", "share")), (("a", values[0]), (hostile, values[1])))
    portrait = Portrait("a", "1", ("tag",), hostile, (("size", "3", "n"),), ("m",))
    part = Part("p", "Part", ("Lead.",), (portrait,), (figure,), (grid,), ("Note.",), (("Term", "meaning"),))
    return Document(
        "thing",
        hostile,
        "about",
        Answer("Word", "good", "S.", "M.", "D."),
        (("label", "1", "note"),),
        ("Head.",),
        (part,),
    )


def test_all_forms_are_written(tmp_path: Path) -> None:
    told: list[float] = []
    found = files.write(document(), tmp_path / "new", tell=lambda _, done: told.append(done))
    assert found.missing == ()
    for path in (found.html, found.xlsx, found.pdf, found.pptx, *found.images):
        assert path is not None
        assert path.stat().st_size > 400
    assert found.pdf is not None
    assert found.pdf.read_bytes().startswith(b"%PDF")
    assert {path.suffix for path in found.images} == {".svg", ".png"}
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_a_missing_package_is_named_not_a_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf.importlib.util, "find_spec", lambda name: None)
    found = files.write(document(), tmp_path, forms=None)
    assert found.html is not None
    assert found.pdf is found.pptx is None
    assert len(found.missing) == 2
    assert 'pip install "segmentary[pdf]"' in found.missing[0]
    with pytest.raises(UsageError, match="typst is not installed") as caught:
        files.write(document(), tmp_path, forms=("pdf",))
    assert caught.value.hint == pdf.HINT
    for write in (pdf.write_pdf, slides.write_slides):
        with pytest.raises(UsageError, match="optional package"):
            write(document(), tmp_path / "x")


def test_an_unknown_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no form 'docx'"):
        files.write(document(), tmp_path, forms=("docx",))  # type: ignore[arg-type]


def test_cancelling_stops(tmp_path: Path) -> None:
    def tell(sentence: str, done: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        files.write(document(), tmp_path / "never", tell=tell)


def test_error_bars_stand_where_the_format_wants_them(tmp_path: Path) -> None:
    from pptx import Presentation

    path = slides.write_slides(document(), tmp_path / "a.pptx")
    chart = next(s.chart for slide in Presentation(str(path)).slides for s in slide.shapes if s.has_chart)
    tags = [child.tag.split("}")[1] for child in chart.plots[0].series[0]._element]
    assert tags.index("errBars") < tags.index("cat") < tags.index("val")
    bars = chart.plots[0].series[0]._element.find(".//{*}errBars")
    plus = [float(v.text) for v in bars.iterfind("./{*}plus//{*}v")]
    assert plus == pytest.approx([0.1, 0.1])
