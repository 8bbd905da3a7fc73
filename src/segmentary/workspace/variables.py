"""People and what is known of them, fetched as columns to segment by: traits of customers, answers of respondents."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pyarrow as pa
from sqlglot import exp

from segmentary.engine.sqlfile import literal
from segmentary.errors import NoAnswerError, UnknownNameError, UsageError
from segmentary.language.tree import Context, ValueType
from segmentary.profiles.psychographics import item_names, items_of
from segmentary.schema import IDENTITY_MAP, RESPONSES
from segmentary.workspace.evaluation import Evaluation, same
from segmentary.workspace.scoring import outputs_in_force

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

REFUSED: dict[ValueType, str] = {
    "date": "make a trait of the days since it (`days since NAME`)",
    "time": "make a trait of the days since it (`days since NAME`)",
    "list": "make a yes/no trait of what you look for in it",
}
DESIGN = ("weight", "stratum", "cluster", "wave")
CUSTOMER = "customer_id"
"""The item of a market survey that says which of our customers a respondent is."""
KNOWN = "is a customer"
"""The column that says whether a respondent with traits beside the answers is a customer."""


@dataclass(frozen=True, eq=False)
class People:
    """Rows to segment, and where they come from.

    frame : one row per person: ``customer_id`` (of respondents: who they are in the survey) and the columns asked for.
    names : those columns. ids : the column of ids. source : "traits" or "survey NAME".
    design : of respondents, which of `DESIGN` were given, and ``customer`` (text or missing). items : of a survey, item
    to column.
    """

    frame: pa.Table
    names: tuple[str, ...]
    source: str
    as_of: str
    design: pa.Table | None = None
    items: Mapping[str, str] = field(default_factory=dict)
    ids: str = "customer_id"

    @property
    def titles(self) -> dict[str, str]:
        """What people read for a column: items as they are called in the survey."""
        return {name: item.replace("_", " ") for item, name in self.items.items()}

    @property
    def weights(self) -> pa.ChunkedArray | None:
        """Survey weights, where any respondent has one; who has none stands for nobody."""
        if self.design is None or self.design.column("weight").null_count == self.design.num_rows:
            return None
        return self.design.column("weight")


def types_of(workspace: Workspace) -> dict[str, ValueType]:
    """Return every trait of customers that a person could segment by, with its type."""
    workspace.derived.ensure()
    traits = workspace.traits_defined()
    return dict(workspace.derived.vocabulary(traits, frozenset(), frozenset()).traits)


def matching(patterns: Sequence[str], known: Sequence[str], *, what: str, see: str) -> list[str]:
    """Return the names that patterns like ``attitude_*`` mean, each once, in the order of the patterns.

    Raises
    ------
    UnknownNameError
        when a pattern means nothing.
    """
    found: dict[str, None] = {}
    for pattern in patterns:
        names = [pattern] if pattern in known else sorted(fnmatch.filter(known, pattern))
        if not names:
            raise UnknownNameError(what, pattern, known, see=see)
        found |= dict.fromkeys(names)
    return list(found)


def customers(workspace: Workspace, patterns: Sequence[str], context: Context, *, within: str | None = None) -> People:
    """Return the customers (of a segment) with the traits asked for, as of a moment.

    Raises
    ------
    UsageError
        when no trait is asked for, or one that cannot be segmented by.
    NoAnswerError
        when there is nobody.
    """
    types = types_of(workspace)
    if not patterns:
        raise UsageError(
            "segment by what?", hint="name traits: --by recency --by 'attitude_*' (see `segmentary traits`)"
        )
    names = matching(patterns, list(types), what="trait", see="see `segmentary traits`")
    if any("*" in one or "?" in one for one in patterns):
        # A pattern does not mean what models in force say: segments found in segments found earlier explain nothing.
        said = outputs_in_force(workspace.ledger)
        names = [name for name in names if name in patterns or (types[name] not in REFUSED and name not in said)]
    for name in names:
        if types[name] in REFUSED:
            raise UsageError(f"{name} is a {types[name]}: one cannot segment by it", hint=REFUSED[types[name]])
    held = workspace.segments_defined()
    if within is not None and within not in held:
        raise UnknownNameError("segment", within, held, see="see `segmentary segment list`")
    asked = {within: held[within]} if within is not None else {}
    evaluation = workspace.evaluate(asked, context, traits=names)
    frame = workspace.warehouse.table(columns_query(evaluation, {name: types[name] for name in names}, within))
    if not frame.num_rows:
        raise NoAnswerError("there is nobody to segment", hint="load customers or orders, or ask for a larger segment")
    return People(frame, tuple(names), "traits" if within is None else f"traits of {within}", local(context))


def local(context: Context) -> str:
    """Return the moment of a context by the clock of its zone, as ISO text."""
    return context.as_of.astimezone(ZoneInfo(context.timezone)).isoformat()


def columns_query(evaluation: Evaluation, names: Mapping[str, ValueType], within: str | None) -> exp.Select:
    """Return one row per customer: id and traits, numbers as binary fractions."""
    key = exp.column("customer_id", table="everybody", quoted=True)
    query = exp.select(key).from_(exp.table_(evaluation.scored, quoted=True, alias="everybody"))
    computed = exp.table_(evaluation.traits, quoted=True, alias="computed")
    query = query.join(computed, on=same("computed"), join_type="left")
    for name, kind in names.items():
        if name in evaluation.trait_columns:
            value: exp.Expr = exp.column(evaluation.trait_columns[name], table="computed", quoted=True)
        else:
            value = exp.column(evaluation.given[name].column, table="everybody", quoted=True)
        if kind == "number":
            value = exp.cast(value, "double")
        query = query.select(value.as_(name, quoted=True), copy=False)
    if within is not None:
        flags = exp.table_(evaluation.flags, quoted=True, alias="flags")
        query = query.join(flags, on=same("flags"), join_type="inner")
        query = query.where(exp.column(evaluation.segment_columns[within], table="flags", quoted=True))
    return query.order_by(exp.column("customer_id", table="everybody", quoted=True))


# ---------------------------------------------------------------- surveys


def surveys(workspace: Workspace) -> dict[str, list[str]]:
    """Return every survey with its items."""
    workspace.derived.ensure()
    found: dict[str, list[str]] = {}
    for item in items_of(workspace.engine):
        found.setdefault(item.survey, []).append(item.item)
    return found


def respondents(workspace: Workspace, survey: str, patterns: Sequence[str], *, wave: str | None = None) -> People:
    """Return who answered a survey, one row a respondent, with the items asked for under their trait names.

    Raises
    ------
    UnknownNameError
        when there is no such survey, item or wave.
    """
    held = surveys(workspace)
    if survey not in held:
        raise UnknownNameError(
            "survey", survey, held, see="surveys: " + ", ".join(held) if held else "no survey loaded"
        )
    wanted = matching(patterns or ["*"], held[survey], what="item", see=f"items of {survey}: {', '.join(held[survey])}")
    items = [one for one in items_of(workspace.engine) if one.survey == survey and one.item in wanted]
    names = {one.item: name for one, name in item_names(items_of(workspace.engine)).items() if one in items}
    numeric = {one.item for one in items if one.numeric}
    also = [CUSTOMER] if CUSTOMER in held[survey] and CUSTOMER not in wanted else []
    rows = workspace.engine.table(answers_query(survey, [*wanted, *also], wave))
    if not rows.num_rows:
        if wave is None:
            raise NoAnswerError(f"nobody answered {survey}", hint="load its answers")
        waves = sorted({one for one in answered_in(workspace, survey, wanted) if one})
        hint = "waves: " + ", ".join(waves) if waves else "its answers say no wave: leave --wave out"
        raise NoAnswerError(f"nobody answered {survey} in wave {wave}", hint=hint)
    return pivoted(rows, {item: names[item] for item in wanted}, numeric, survey)


def answered_in(workspace: Workspace, survey: str, items: Sequence[str]) -> list[str | None]:
    """Return the wave of every answer to some items of a survey."""
    found: list[str | None] = workspace.engine.table(answers_query(survey, items, None)).column("wave").to_pylist()
    return found


def answers_query(survey: str, items: Sequence[str], wave: str | None) -> exp.Select:
    """Return the newest answer of every respondent to every item, with who they are and the survey's design."""
    r = {
        name: exp.column(name, table="r", quoted=True) for name in (*DESIGN, "item", "value", "missing_code", "survey")
    }
    who = exp.DPipe(
        this=exp.Coalesce(this=exp.column("id_space", table="r", quoted=True), expressions=[literal("")]),
        expression=exp.DPipe(
            this=literal(" "),
            expression=exp.Coalesce(
                this=exp.column("record_id", table="r", quoted=True),
                expressions=[exp.column("row_key", table="r", quoted=True)],
            ),
        ),
    )
    newest = exp.Window(
        this=exp.RowNumber(),
        partition_by=[who.copy(), r["wave"].copy(), r["item"].copy()],
        order=exp.Order(
            expressions=[
                exp.Ordered(this=exp.column(name, table="r", quoted=True), desc=True, nulls_first=False)
                for name in ("answered_at", "known_at", "row_number")
            ]
        ),
    )
    customer = exp.column("customer_id", table="m", quoted=True)
    query = exp.select(
        who.as_("who"), customer.as_("customer"), r["item"].as_("item"), r["value"].as_("value"),
        r["missing_code"].as_("missing_code"), *(r[name].as_(name) for name in DESIGN), newest.as_("place"),
    ).from_(exp.table_(RESPONSES.name, quoted=True, alias="r"))  # fmt: skip
    same_record = exp.and_(
        *(
            exp.EQ(this=exp.column(name, table="m", quoted=True), expression=exp.column(name, table="r", quoted=True))
            for name in ("id_space", "record_id")
        )
    )
    query = query.join(exp.table_(IDENTITY_MAP.name, quoted=True, alias="m"), on=same_record, join_type="left")
    query = query.where(
        exp.EQ(this=exp.Coalesce(this=r["survey"], expressions=[literal("")]), expression=literal(survey))
    )
    query = query.where(r["item"].copy().isin(*map(literal, items)))
    if wave is not None:
        query = query.where(exp.EQ(this=r["wave"].copy(), expression=literal(wave)))
    outer = exp.select("*").from_(query.subquery("answers"))
    outer = outer.where(exp.EQ(this=exp.column("place"), expression=literal(1)))
    return outer.order_by("who", "wave", "item")


def pivoted(rows: pa.Table, names: Mapping[str, str], numeric: set[str], survey: str) -> People:
    """Return long answers as one row per respondent and wave."""
    places: dict[tuple[str, str | None], int] = {}
    heads: list[dict[str, object]] = []
    values: dict[str, list[object]] = {name: [] for name in names.values()}
    told = [rows.column(name).to_pylist() for name in ("who", "customer", "item", "value", "missing_code", *DESIGN)]
    for who, customer, item, value, missing, *design in zip(*told, strict=True):
        key = (who, design[DESIGN.index("wave")])
        if key not in places:
            places[key] = len(heads)
            heads.append({"who": who, "customer": customer, **dict(zip(DESIGN, design, strict=True))})
            for column in values.values():
                column.append(None)
        known = value not in (None, "") and not missing
        if item == CUSTOMER and known:
            heads[places[key]]["customer"] = value
        if item not in names:
            continue
        values[names[item]][places[key]] = (float(value) if item in numeric else value) if known else None
    ids = [f"{head['who']} {head['wave'] or ''}".strip() for head in heads]
    columns: dict[str, pa.Array] = {"customer_id": pa.array(ids, pa.string())}
    for item, name in names.items():
        columns[name] = pa.array(values[name], pa.float64() if item in numeric else pa.string())
    weights = [None if head["weight"] is None else float(str(head["weight"])) for head in heads]
    design_table = {name: pa.array([head[name] for head in heads], pa.string()) for name in ("customer", *DESIGN[1:])}
    design_table["weight"] = pa.array(weights, pa.float64())
    return People(pa.table(columns), tuple(names.values()), f"survey {survey}", "", pa.table(design_table), dict(names))


def survey_items(workspace: Workspace, survey: str) -> dict[str, str]:
    """Return the items of a survey by the trait name each has."""
    workspace.derived.ensure()
    return {name: one.item for one, name in item_names(items_of(workspace.engine)).items() if one.survey == survey}


def with_traits(workspace: Workspace, people: People, patterns: Sequence[str], context: Context) -> People:
    """Return respondents with traits beside their answers: of those of them who are customers."""
    if people.design is None or not patterns:
        return people
    found = customers(workspace, patterns, context)
    places = {name: place for place, name in enumerate(found.frame.column("customer_id").to_pylist())}
    who = [places.get(name) for name in people.design.column("customer").to_pylist()]
    rows = found.frame.take(pa.array(who, pa.int64()))
    frame = people.frame
    names = [name for name in found.names if name not in people.names]
    for name in names:
        frame = frame.append_column(name, rows.column(name))
    if KNOWN not in frame.column_names:
        frame = frame.append_column(KNOWN, pa.array([place is not None for place in who]))
    return replace(people, frame=frame, names=(*people.names, *names))
