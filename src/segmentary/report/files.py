"""A document as files of every form asked for; a form whose optional package is missing is named, never a crash."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from segmentary.errors import UsageError
from segmentary.models.progress import Tell, quiet
from segmentary.report import pdf, slides
from segmentary.report.document import Document
from segmentary.report.images import FILE_WIDTH, SCALE, svg
from segmentary.report.pages import page
from segmentary.report.theme import LIGHT
from segmentary.report.workbook import write_document as write_workbook

Form: TypeAlias = Literal["html", "charts", "xlsx", "pdf", "pptx"]
FORMS: tuple[Form, ...] = ("html", "charts", "xlsx", "pdf", "pptx")
OPTIONAL: dict[Form, tuple[Callable[[], bool], str, str]] = {
    "pdf": (pdf.installed, "typst", pdf.HINT),
    "pptx": (slides.installed, "python-pptx", slides.HINT),
}


@dataclass(frozen=True, slots=True)
class DocumentFiles:
    """Where the forms of a report were written; None: not asked for, or named in `missing` with what to install."""

    html: Path | None
    xlsx: Path | None
    images: tuple[Path, ...] = ()
    pdf: Path | None = None
    pptx: Path | None = None
    missing: tuple[str, ...] = ()


def write(
    document: Document, folder: Path, *, forms: Sequence[Form] | None = None, tell: Tell = quiet
) -> DocumentFiles:
    """Write the document into a folder.

    forms : which; None: all, and a form whose optional package is not installed is left out and named in
        ``DocumentFiles.missing``.

    Raises
    ------
    UsageError : when a form that was asked for by name is unknown, or its optional package is not installed.
    """
    for form in forms or ():
        if form not in FORMS:
            raise UsageError(f"a report has no form {form!r}", hint="one of " + ", ".join(FORMS))
    wanted = list(FORMS if forms is None else dict.fromkeys(forms))
    missing = []
    for optional, (installed, package, hint) in OPTIONAL.items():
        if optional in wanted and not installed():
            sentence = f"no {optional.upper()} was written: the optional package {package} is not installed"
            if forms is not None:
                raise UsageError(sentence.replace("was written", "can be written"), hint=hint)
            missing.append(f"{sentence} ({hint})")
            wanted.remove(optional)
    folder.mkdir(parents=True, exist_ok=True)
    made: dict[str, Path] = {}
    drawn: tuple[Path, ...] = ()
    for place, form in enumerate(wanted):
        tell(f"writing the report: {form}", place / len(wanted))
        match form:
            case "html":
                made["html"] = folder / f"{document.name}.html"
                made["html"].write_text(page(document), encoding="utf-8")
            case "charts":
                drawn = write_charts(document, folder / "charts")
            case "xlsx":
                made["xlsx"] = write_workbook(document, folder / f"{document.name}.xlsx")
            case "pdf":
                made["pdf"] = pdf.write_pdf(document, folder / f"{document.name}.pdf")
            case "pptx":
                made["pptx"] = slides.write_slides(document, folder / f"{document.name}.pptx")
    tell("report written", 1.0)
    return DocumentFiles(made.get("html"), made.get("xlsx"), drawn, made.get("pdf"), made.get("pptx"), tuple(missing))


def write_charts(document: Document, folder: Path, *, width: int = FILE_WIDTH) -> tuple[Path, ...]:
    """Write each chart as SVG and PNG on white; return the files."""
    import vl_convert

    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for figure in document.figures:
        drawn = svg(figure.draw(width), figure.name, background=LIGHT["paper"])
        vector, picture = folder / f"{figure.name}.svg", folder / f"{figure.name}.png"
        vector.write_text(drawn, encoding="utf-8")
        picture.write_bytes(bytes(vl_convert.svg_to_png(drawn, scale=SCALE)))
        files += [vector, picture]
    return tuple(files)
