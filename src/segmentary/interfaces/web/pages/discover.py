"""Pages of Discover: solutions, a new search, one solution, its typing tool, two side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from segmentary.errors import NoAnswerError, SegmentaryError, UnknownNameError
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.problems import NotFound
from segmentary.interfaces.web.charts import picture_answer, spec_answer
from segmentary.interfaces.web.documents import NARROWEST, PICTURE_WIDTH, WIDEST, view
from segmentary.interfaces.web.pages.jobs import SCRIPT_WORDS
from segmentary.interfaces.web.rendering import as_json, data_for_script, page, script_words
from segmentary.interfaces.web.wishes import SPANS, wish_of
from segmentary.interfaces.web.words import language_of, translations
from segmentary.report.discovery.words import TONE, WORD, method, plain
from segmentary.workspace import discovery_looking as looking
from segmentary.workspace.report_shelf import shelf
from segmentary.workspace.serving import Serving
from segmentary.workspace.typing_answers import Typed, type_answers
from segmentary.workspace.workspace import Workspace

router = APIRouter()
HERE = "discover"
Name = Annotated[str, Path(max_length=200)]
Served = Annotated[Serving, Depends(serving_of)]
Width = Annotated[int, Query(ge=1, le=10_000)]
Short = Annotated[str, Query(max_length=200)]
OPEN = frozenset({"how-many", "segments", "rules"})
"""Sections whose tables stand open: what a decision rests on."""
DRAWN_AT_ONCE = 50_000
"""So many people are put on two axes while the page is made; of more the picture comes after it."""
LAST = frozenset({"making", "glossary"})
FILES = (
    ("xlsx", "spreadsheet that computes"),
    ("yaml", "definition"),
    ("sql", "SQL"),
    ("py", "Python"),
    ("json", "JSON"),
)


def spoken(request: Request) -> Any:
    """Return the words the scripts of these pages say."""
    return data_for_script(script_words(language_of(request), SCRIPT_WORDS))


@dataclass(frozen=True, slots=True)
class CardView:
    """A solution in the list, in words."""

    card: looking.Card
    title: str
    word: str
    tone: str
    method: str
    sentence: str


def card_view(card: looking.Card, none: str) -> CardView:
    """Return a card; none : what is said where the criteria advise against any segments."""
    word, tone = WORD[card.verdict], TONE[card.verdict]  # type: ignore[index]
    if card.recommended == 1:
        word, tone = none, "caution"
    return CardView(card, titled(card.name), word, tone, method(card.method), plain(card.sentence))


def titled(name: str) -> str:
    """Return a name as people read it."""
    text = name.replace("_", " ")
    return text[:1].upper() + text[1:]


@router.get("/discover")
def discover(request: Request, caller: Annotated[Caller, may("read")], serving: Served) -> Response:
    """List the solutions kept."""
    with serving.reading() as workspace:
        found = looking.cards(workspace)
        people = workspace.last_run() is not None
    none = translations(language_of(request)).gettext("No segments here")
    shown = [card_view(card, none) for card in found]
    return page(
        request,
        "discover/list.html.j2",
        caller,
        here=HERE,
        solutions=[one for one in shown if not one.card.of],
        tools=[one for one in shown if one.card.of],
        people=people,
    )


@router.get("/discover/new")
def new_search(request: Request, caller: Annotated[Caller, may("analyse")], serving: Served) -> Response:
    """Choose by what, among whom, how many; then look for segments."""
    with serving.reading() as workspace:
        wish = wish_of(workspace, request.query_params, translations(language_of(request)))
    return page(request, "discover/new.html.j2", caller, here=HERE, wish=wish, spans=SPANS, words=spoken(request))


def found_in(workspace: Workspace, name: str) -> looking.Look:
    """Return the solution an address names."""
    try:
        return looking.look(workspace, name)
    except UnknownNameError:
        raise NotFound("there is no solution of this name") from None


@router.get("/discover/{name}")
def solution(name: Name, request: Request, caller: Annotated[Caller, may("read")], serving: Served) -> Response:
    """Show one solution: the answer first, then what it rests on, then what to do with it."""
    with serving.reading() as workspace:
        found = found_in(workspace, name)
        drawn = looking.placeable(workspace, found.solution)
        near = drawn and found.solution.fit.people <= DRAWN_AT_ONCE
        document = looking.document(found, looking.plane(workspace, found) if near else None)
        others = [one.name for one in workspace.discoveries.kept() if one.name != found.name]
        known = traits_known(workspace, found)
        files = shelf(workspace, "discovery", found.name)
        emerging = "baseline" in found.entry.document
    shown = view(document, f"/charts/discover/{pinned(found)}")
    names = {f"{found.name}_{one.key}": one.name for one in found.solution.description.segments}
    main = [one for one in shown.parts if one.part.id not in LAST and one.part.id != "segments"]
    return page(
        request,
        "discover/detail.html.j2",
        caller,
        here=HERE,
        found=found,
        title=titled(found.name),
        shown=shown,
        cut=next((one for one in shown.parts if one.part.id == "segments"), None),
        main=main,
        last=[one for one in shown.parts if one.part.id in LAST],
        opened=OPEN,
        keys=[(one.key, one.name, one.place in found.shown.hidden) for one in found.solution.description.segments],
        placed=[(name, names.get(name, name)) for name in found.segments],
        none=found.solution.criteria.recommendation.k == 1,
        apart=drawn and not near,
        known=known,
        others=others,
        files=files,
        emerging=emerging,
        words=spoken(request),
        arguments=as_json({"name": found.name}),
    )


def pinned(found: looking.Look) -> str:
    """Return the name of a solution with its version, for addresses."""
    return f"{found.name}@{found.entry.version[:12]}"


def traits_known(workspace: Workspace, found: looking.Look) -> tuple[str, ...]:
    """Return the columns of which customers have no trait: by those nobody can be placed."""
    from segmentary.workspace.variables import types_of

    held = types_of(workspace)
    return tuple(column.label for column in found.solution.assigner.columns if column.name not in held)


@router.get("/discover/{name}/typing")
def typing(name: Name, request: Request, caller: Annotated[Caller, may("read")], serving: Served) -> Response:
    """Ask the questions as a form, and say which segment the answers fit; or make the tool."""
    with serving.reading() as workspace:
        found = found_in(workspace, name)
        try:
            made: looking.Look | None = looking.tool_of(workspace, found.name)
        except NoAnswerError:
            made = None
        drawn = looking.placeable(workspace, found.solution)
    shown = None if made is None else view(looking.document(made), f"/charts/discover/{pinned(made)}")
    parts = () if shown is None else tuple(one for one in shown.parts if one.part.id == "typing")
    given = {key.removeprefix("q_"): value for key, value in request.query_params.items() if key.startswith("q_")}
    answers = {key: value for key, value in given.items() if value.strip()}
    typed, wrong = (None, "") if made is None or not answers else answered(made, answers)
    return page(
        request,
        "discover/typing.html.j2",
        caller,
        here=HERE,
        found=found,
        title=titled(found.name),
        made=made,
        shown=shown,
        parts_shown=parts,
        questions=[] if made is None else questions(made, given, typed),
        typed=typed,
        wrong=wrong,
        drawn=drawn,
        forms=FILES,
        words=spoken(request),
        arguments=as_json({"name": found.name}),
    )


def answered(made: looking.Look, answers: dict[str, str]) -> tuple[Typed | None, str]:
    """Return where answers lead; or what is wrong with them."""
    try:
        return type_answers(made, answers), ""
    except SegmentaryError as error:
        return None, f"{error.message}{': ' + error.hint if error.hint else ''}"


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the form. value : what was answered; more : asked because the others left doubt."""

    name: str
    title: str
    levels: tuple[str, ...]
    value: str
    more: bool = False


def questions(made: looking.Look, given: dict[str, str], typed: Typed | None) -> list[Question]:
    """Return the questions of a tool, and the one more that helps where the answers leave doubt."""
    tool = made.tool
    assert tool is not None  # noqa: S101 - a tool was made
    found = [Question(c.name, c.label, c.levels, given.get(c.name, "")) for c in tool.assigner.columns]
    names = {one.name for one in found}
    unsure = typed is not None and typed.segment is None
    for column in tool.bank.columns:
        wanted = unsure and typed is not None and typed.ask_next == column.name
        if column.name not in names and (wanted or given.get(column.name)):
            found.append(Question(column.name, column.label, column.levels, given.get(column.name, ""), True))
    return found


@router.get("/discover/{name}/compare")
def compare(
    name: Name,
    request: Request,
    caller: Annotated[Caller, may("read")],
    serving: Served,
    other: Annotated[str, Query(alias="with", max_length=200)] = "",
) -> Response:
    """Show two solutions side by side: verdicts, and who of one is where in the other."""
    held: Any = None
    wrong: tuple[str, str] | None = None
    sides: list[looking.Card] = []
    with serving.reading() as workspace:
        found = found_in(workspace, name)
        cards = {one.name: one for one in looking.cards(workspace)}
        small = workspace.settings.suppress_below
        if other:
            beside = found_in(workspace, other)
            sides = [cards[one.name] for one in (found, beside)]
            try:
                held = workspace.discoveries.compare(found.name, beside.name)
            except SegmentaryError as error:
                wrong = (error.message, error.hint or "")
    none = translations(language_of(request)).gettext("No segments here")
    return page(
        request,
        "discover/compare.html.j2",
        caller,
        here=HERE,
        found=found,
        title=titled(found.name),
        other=other,
        others=[one for one in cards if one != found.name],
        sides=[card_view(one, none) for one in sides],
        rows=[] if held is None else rows_of(held, small),
        held=held,
        below=small,
        wrong=wrong,
    )


def rows_of(held: Any, small: int) -> list[tuple[str, list[tuple[str, float]]]]:
    """Return one row a segment of the first: how many of its people are in each of the second, and their share."""
    found = []
    for segment, counts in zip(held.segments, held.counts, strict=True):
        people = sum(counts) or 1
        cells = [("–", 0.0) if 0 < n < small else (f"{n:,}", n / people) for n in counts]
        found.append((segment, cells))
    return found


@router.get("/charts/discover/{name}/{figure}.{form}")
def chart(
    name: Name,
    figure: Annotated[str, Path(max_length=60)],
    form: Annotated[str, Path(max_length=4)],
    caller: Annotated[Caller, may("read")],
    serving: Served,
    width: Width = PICTURE_WIDTH,
) -> Response:
    """Give out one picture of a solution, as Vega-Lite or drawn."""
    with serving.reading() as workspace:
        found = found_in(workspace, name)
        cloud = looking.plane(workspace, found) if figure == "separation" else None
    document = looking.document(found, cloud)
    held = [one for one in document.figures if one.name == figure]
    if not held or form not in ("json", "svg"):
        raise NotFound("there is no such chart")
    drawn = held[0].draw(max(NARROWEST, min(width, WIDEST)))
    return spec_answer(drawn) if form == "json" else picture_answer(drawn, figure)
