"""What each prediction is fitted on, fetched from the workspace: moments of the past, and what came after them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from sqlglot import exp

from segmentary.errors import NoAnswerError, UnknownNameError, UsageError
from segmentary.language.walk import traits_used, walk
from segmentary.models.progress import Tell, within
from segmentary.schema import CUSTOMERS, EVENTS, ORDER_COMPLETED
from segmentary.workspace.looking_back import Past, local_day, past, purchases, span

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from segmentary.language.tree import Context, Rule, SegmentDefinition, TraitDefinition, ValueType
    from segmentary.models.predict.features import FeatureTable
    from segmentary.models.predict.next_period import NextPeriod
    from segmentary.models.predict.prediction import Prediction
    from segmentary.workspace.feature_choice import Chosen
    from segmentary.workspace.workspace import Workspace

P = TypeVar("P", bound="Prediction")
USABLE = frozenset({"number", "boolean", "text"})
GONE = frozenset(
    {"left", "gone", "churned", "cancelled", "canceled", "ended", "terminated", "inactive", "closed", "lost"}
)
"""What people write of customers who have left, beside yes."""


# ------------------------------------------------------------ lifetime value


def clv(workspace: Workspace, context: Context, days: int, tell: Tell, options: Mapping[str, Any]) -> Prediction:
    """Fit lifetime value on everything known, tested on the newest quarter of a year or less."""
    from segmentary.models.value.holdout_data import holdout_data
    from segmentary.models.value.lifetime_value import fit_lifetime_value
    from segmentary.models.value.spend_checks import spend_findings, suspects
    from segmentary.models.value.spend_sums import SpendSums

    workspace.derived.ensure()
    first, last = span(workspace, context, ORDER_COMPLETED)
    if context.as_of - last > dt.timedelta(days=max(days, 91)):
        past(workspace, context, min(days, 91), event=ORDER_COMPLETED)
    events = exp.table_(EVENTS.name, quoted=True)
    tell("purchases", 0.0)
    known = purchases(workspace, context)
    tested = min(days, 182, (context.as_of - first).days // 3)
    tell("what came after a past moment", 0.1)
    held = holdout_data(workspace.warehouse, events, context, days=tested) if tested >= 14 else None
    sums = SpendSums.from_engine(workspace.warehouse, events, exp.table_(CUSTOMERS.name, quoted=True), context)
    findings = spend_findings(sums, horizon_days=days)
    return fit_lifetime_value(
        known,
        held,
        horizon_days=days,
        until=local_day(context),
        findings=findings,
        leave_out=[one.buyer.customer_id for one in suspects(sums) if one.certain],
        tell=within(tell, 0.2, 1.0),
        **options,
    )


# ------------------------------------------------------------ the next days


def periods(
    workspace: Workspace, found: Past, days: int, chosen: Chosen, tell: Tell
) -> tuple[list[NextPeriod], NextPeriod]:
    """Return the past moments with what came in the days after them, and the one to test on."""
    from segmentary.models.predict.next_period import NextPeriod
    from segmentary.workspace.features import amounts, feature_table, outcomes

    made = []
    everything = (*found.train, found.test)
    for number, context in enumerate(everything):
        tell(f"customers as of {context.as_of:%Y-%m-%d}", number / len(everything))
        table = feature_table(workspace, chosen.features, chosen.attributes, context, sample=None)
        bought = outcomes(workspace, f"did {ORDER_COMPLETED}", context, days)
        spend = amounts(workspace, context, days)
        made.append(
            NextPeriod.of(
                local_day(context),
                table.table,
                purchases(workspace, context),
                spend,
                {who: float(did) for who, did in bought.items()},
            )
        )
    return made[:-1], made[-1]


def following(workspace: Workspace, context: Context, days: int, tell: Tell, options: Mapping[str, Any]) -> Prediction:
    """Fit spend and buying in the next days; the forecast of the total stands beside (``total="scaled"``: applied)."""
    from segmentary.models.predict.next_purchase import fit_next
    from segmentary.workspace.feature_choice import choose_features
    from segmentary.workspace.next_totals import checked_way, with_total

    made = dict(options)
    how = made.pop("total", "beside")
    checked_way(how)
    found = past(workspace, context, days, event=ORDER_COMPLETED)
    chosen = choose_features(workspace, found.train[0].as_of)
    train, test = periods(workspace, found, days, chosen, within(tell, 0.0, 0.5))
    fitted = fit_next(
        train,
        test,
        horizon_days=days,
        features=chosen.features,
        attributes=chosen.attributes,
        now=purchases(workspace, context),
        tell=within(tell, 0.5, 0.9),
        **made,
    )
    tell("the total of everybody", 0.9)
    return with_findings(with_total(workspace, fitted, context, how), chosen)


def silent(workspace: Workspace, context: Context, days: int, tell: Tell, options: Mapping[str, Any]) -> Prediction:
    """Fit who of the active will not buy in the next days."""
    from segmentary.models.predict.silent_churn import fit_silent_churn
    from segmentary.workspace.feature_choice import choose_features

    found = past(workspace, context, days, event=ORDER_COMPLETED)
    chosen = choose_features(workspace, found.train[0].as_of)
    train, test = periods(workspace, found, days, chosen, within(tell, 0.0, 0.5))
    fitted = fit_silent_churn(
        train,
        test,
        horizon_days=days,
        features=chosen.features,
        attributes=chosen.attributes,
        now=purchases(workspace, context),
        tell=within(tell, 0.5, 1.0),
        **options,
    )
    return with_findings(fitted, chosen)


def with_findings(fitted: P, chosen: Chosen) -> P:
    """Return a prediction whose card says what was left out of its features."""
    findings = (*fitted.card.findings, *chosen.findings)
    made: P = replace(fitted, card=replace(fitted.card, findings=findings))  # type: ignore[type-var]
    return made


# ------------------------------------------------------------ propensity, lookalike


def likely(
    workspace: Workspace,
    context: Context,
    event: str | Rule,
    inside: str | None,
    days: int,
    tell: Tell,
    options: Mapping[str, Any],
) -> Prediction:
    """Fit how likely an event of the language is."""
    from segmentary.language.sentence import sentence
    from segmentary.models.predict.propensity import fit_propensity
    from segmentary.workspace.feature_choice import choose_features
    from segmentary.workspace.features import feature_table, outcomes, read_outcome

    rule = read_outcome(workspace, event)
    found = past(workspace, context, days)
    chosen = choose_features(workspace, found.train[0].as_of, outcome=rule)
    tables, happened = [], []
    moments = (*found.train, found.test)
    for number, moment in enumerate(moments):
        tell(f"people as of {moment.as_of:%Y-%m-%d}", 0.5 * number / len(moments))
        table = feature_table(
            workspace, chosen.features, chosen.attributes, moment, within=segment_rule(workspace, inside)
        )
        tables.append(table)
        happened.append(told(table, outcomes(workspace, rule, moment, days)))
    fitted = fit_propensity(
        tables,
        happened,
        horizon_days=days,
        target=f"somebody {sentence(rule)}",
        data_from=found.first.date(),
        tell=within(tell, 0.5, 1.0),
        **options,
    )
    return with_findings(fitted, chosen)


def alike(
    workspace: Workspace, context: Context, segment: str, inside: str | None, tell: Tell, options: Mapping[str, Any]
) -> Prediction:
    """Fit who is like the members of a segment, as of one moment."""
    from segmentary.models.predict.lookalike import fit_lookalike
    from segmentary.workspace.feature_choice import choose_features
    from segmentary.workspace.features import feature_table

    known = workspace.segments_defined()
    if segment not in known:
        raise UnknownNameError("segment", segment, known, see="see `segmentary segment list`")
    chosen = choose_features(workspace, context.as_of)
    tell("people", 0.0)
    table = feature_table(
        workspace, chosen.features, chosen.attributes, context, within=segment_rule(workspace, inside)
    )
    members = members_of(workspace, segment, context)
    fitted = fit_lookalike(
        table,
        told(table, dict.fromkeys(members, True)),
        name=segment,
        tell=within(tell, 0.3, 1.0),
        **options,
    )
    return with_findings(fitted, chosen)


def segment_rule(workspace: Workspace, name: str | None) -> Rule | None:
    """Return the rule of a segment."""
    if name is None:
        return None
    known = workspace.segments_defined()
    if name not in known:
        raise UnknownNameError("segment", name, known, see="see `segmentary segment list`")
    return known[name].where


def members_of(workspace: Workspace, segment: str, context: Context) -> list[str]:
    """Return who is in a segment as of a moment."""
    from segmentary.workspace.evaluation import flag_query

    definition = workspace.segments_defined()[segment]
    evaluation = workspace.evaluate({segment: definition}, context)
    return [str(who) for (who,) in workspace.warehouse.rows(flag_query(evaluation, segment))]


def told(table: FeatureTable, happened: Mapping[str, bool]) -> npt.NDArray[np.float64]:
    """Return (n,) 1 of whom it happened to."""
    import numpy as np

    return np.array([float(happened.get(who, False)) for who in table.ids], dtype=np.float64)


# ------------------------------------------------------------ contracts


def contractual(
    workspace: Workspace,
    context: Context,
    contract: tuple[str, str, Sequence[str]],
    days: int,
    tell: Tell,
    options: Mapping[str, Any],
) -> tuple[Prediction, str]:
    """Fit who ends their contract (tenure, end, traits to predict by); return with it the word of who has left.

    options : of `segmentary.models.predict.contractual.fit_contractual_churn`; ``left_is``: what the end says of people
        who have left, where it is no plain yes.
    """
    from segmentary.models.predict.contractual import DAYS, fit_contractual_churn
    from segmentary.models.predict.features import with_parts
    from segmentary.models.table.reading import typed_table
    from segmentary.workspace.variables import customers

    tenure, left, by = contract
    names = list(dict.fromkeys([tenure, left, *(by or plain_attributes(workspace))]))
    tell("customers", 0.0)
    people = customers(workspace, names, context)
    made = dict(options)
    unit = made.pop("unit", "months")
    if unit not in DAYS:
        raise UsageError(f"there is no unit {unit!r}", hint="one of " + ", ".join(DAYS))
    reading = typed_table(people.frame, columns=list(people.names), ids=people.ids)
    types = workspace.derived.attribute_types()
    computed = with_parts([name for name in people.names if name not in types], workspace.traits_defined())
    given: dict[str, ValueType] = {name: types[name] for name in people.names if name in types}
    if left not in reading.table.names:
        raise NoAnswerError(f"{left} does not tell two kinds of people apart", hint="it must say who has left")
    ended = reading.table.column(left)
    gone = who_is_gone(left, ended.levels if ended.coded else (), made.pop("left_is", None))
    kind = types[left] if left in types else workspace.traits_defined()[left].type
    word = ("false", "true")[gone] if kind == "boolean" else ended.levels[gone]
    codes = reading.table.values[:, reading.table.place(left)]
    fitted = fit_contractual_churn(
        reading.table.select([name for name in reading.table.names if name != left]),
        tenure,
        abs(codes - (1 - gone)),
        horizon=days / DAYS[unit],
        unit=unit,
        as_of=local_day(context),
        features=computed,
        attributes={name: kind for name, kind in given.items() if name != left},
        tell=within(tell, 0.2, 1.0),
        **made,
    )
    return fitted, word


def who_is_gone(name: str, levels: Sequence[str], left_is: str | None) -> int:
    """Return which of two levels says that somebody has left: the one asked for, or the only one that means it.

    Raises
    ------
    NoAnswerError
        when there are not two.
    UsageError
        when it cannot be told which of them it is: the wrong one would turn every chance round.
    """
    from segmentary.models.describe.naming import YES

    if len(levels) != 2:
        raise NoAnswerError(f"{name} does not tell two kinds of people apart", hint="it must say who has left")
    words = [level.strip().lower() for level in levels]
    if left_is is None:
        found = [place for place, word in enumerate(words) if word in YES or word in GONE]
    else:
        asked = left_is.strip().lower()
        found = [place for place, word in enumerate(words) if word == asked or (word in YES and asked in YES)]
    if len(found) != 1:
        raise UsageError(
            f"which value of {name} says that somebody has left, {levels[0]!r} or {levels[1]!r}?",
            hint=f"--left-is {levels[1]!r}",
        )
    return found[0]


def plain_attributes(workspace: Workspace) -> list[str]:
    """Return the attributes that may tell something: no names, addresses, dates or scores."""
    from segmentary.profiles.naming import sensitivity_of
    from segmentary.workspace.feature_choice import scored_names

    types, scores = workspace.derived.attribute_types(), scored_names(workspace)
    return [
        name
        for name, kind in types.items()
        if kind in USABLE and name not in scores and sensitivity_of(name, kind) != "identifier"
    ]


# ------------------------------------------------------------ use


def users_of(workspace: Workspace, name: str) -> list[str]:
    """Return the definitions in force that ask for the scores of a prediction."""
    from segmentary.language.kinds import model_key
    from segmentary.language.tree import ModelValue

    scores = f"{name}."
    found = []
    held: list[tuple[str, SegmentDefinition | TraitDefinition]] = [
        *workspace.segments_defined().items(),
        *workspace.traits_defined().items(),
    ]
    for key, one in held:
        asked = {model_key(node) for node in walk(one) if isinstance(node, ModelValue)} | set(traits_used(one))
        if any(ask.startswith(scores) for ask in asked):
            found.append(key)
    return sorted(found)
