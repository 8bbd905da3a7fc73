"""Whether states, memberships of other moments, relations, places and consent can be meant as they are written."""

from __future__ import annotations

from decimal import Decimal

from segmentary.language.check_patterns import check_exact
from segmentary.language.fit import Examination, check_window, described, is_before
from segmentary.language.kinds import model_key
from segmentary.language.tree import (
    Absolute,
    Between,
    Calendar,
    Consent,
    Definition,
    Duration,
    EntityType,
    Had,
    HasBeen,
    Last,
    ModelValue,
    Near,
    Rank,
    ReferenceValue,
    Related,
    SegmentAt,
    SegmentationDefinition,
    SegmentDuring,
    SegmentMoved,
    TraitAtEvent,
    TraitValue,
)
from segmentary.language.types import type_of
from segmentary.language.walk import joined

FIXED = (Last, Calendar, Between, Absolute)
SEE_TRAITS = "`segmentary traits` lists what there is"
GROUPS: tuple[EntityType, ...] = ("account", "household")


def check_past(exam: Examination, pointer: str, name: str) -> None:
    """Refuse traits without a past."""
    if name in exam.vocabulary.computed:
        hint = "only attributes of a source have a past: use the attribute, or a segment with during"
        exam.refuse(pointer, f"{name!r} is a computed trait and has no past", hint)


def check_state(exam: Examination, pointer: str, rule: HasBeen | Had) -> None:
    """Check what an attribute has been."""
    if not isinstance(rule.condition.value, TraitValue):
        exam.refuse(pointer, "only an attribute can have been something for a time", "ask about a trait")
    check_past(exam, joined(pointer, "trait"), rule.condition.value.name)
    if isinstance(rule, Had):
        if not isinstance(rule.during, FIXED):
            exam.refuse(
                joined(pointer, "at_any_time"), "the window has to be the same for everybody", "write last: 30d"
            )
        check_window(exam, joined(pointer, "at_any_time"), rule.during)
        return
    if rule.at_least is None and rule.less_than is None:
        exam.refuse(pointer, "for how long?", "add at_least: 10d or less_than: 10d")
    for length in (rule.at_least, rule.less_than):
        if length is not None and length.amount < 1:
            exam.refuse(joined(pointer, "for"), "a length of time of nothing holds nothing", "write 1d or longer")
    low, high = rule.at_least, rule.less_than
    if low is not None and high is not None and (low == high or is_before(high, low)):
        exam.refuse(joined(pointer, "for"), "less_than is not longer than at_least: nobody can be between")


def check_looked_up(exam: Examination, pointer: str, value: TraitAtEvent | ReferenceValue, *, inside: bool) -> None:
    """Check what is looked up for an event; ``inside`` says whether there is one."""
    if not inside:
        what = "a trait at the moment of an event" if isinstance(value, TraitAtEvent) else "a fact about a property"
        hint = "put the condition under an event's where, or ask about the trait as it is now"
        exam.refuse(pointer, f"{what} belongs to an event, and there is none here", hint)
    if isinstance(value, TraitAtEvent):
        exam.known(joined(pointer, "trait"), "trait", value.name, exam.vocabulary.traits, SEE_TRAITS)
        check_past(exam, joined(pointer, "trait"), value.name)
        return
    exam.known(joined(pointer, "of"), "reference table", value.table, exam.vocabulary.references)
    facts = exam.vocabulary.references[value.table]
    if facts:
        exam.known(joined(pointer, "fact"), f"fact of {value.table}", value.name, facts)


def check_model(exam: Examination, pointer: str, value: ModelValue) -> None:
    """Check that a model exists and says this."""
    models, key = exam.vocabulary.models, model_key(value)
    if key in exam.vocabulary.traits:
        return
    told = f"known are: {', '.join(sorted(models)[:8])}; " if models else ""
    see = f"{told}a prediction can be asked once it has scored people: segmentary predict score {value.model}"
    exam.known(joined(pointer, "model"), "model", value.model, models, see=see)
    output = key.removeprefix(f"{value.model}.")
    exam.known(joined(pointer, "output"), f"output of {value.model}", output, models[value.model])


# ---------------------------------------------------------------- memberships


def check_segment(exam: Examination, pointer: str, name: str, entity: EntityType) -> None:
    """Check that a segment exists and is about the same kind of entity."""
    exam.known(joined(pointer, "segment"), "segment", name, exam.vocabulary.segments)
    of = exam.vocabulary.entities.get(name, entity)
    if of != entity:
        hint = "put it into related" if entity in GROUPS and of == "customer" else "refer to a segment of the same kind"
        exam.refuse(joined(pointer, "segment"), f"{name!r} is a segment of {of}s, and this is about {entity}s", hint)


def check_group_trait(exam: Examination, pointer: str, name: str, entity: EntityType) -> None:
    """Refuse a computed trait in a segment of groups: it is a customer's."""
    own = exam.vocabulary.group_traits.get(entity, {})
    if entity in GROUPS and name in exam.vocabulary.computed and name not in own:
        hint = "put it into related: {any: {trait: ...}}, which asks the people, or use an attribute of its own"
        exam.refuse(pointer, f"{name!r} is computed of customers, and this is about {entity}s", hint)


def check_membership(
    exam: Examination, pointer: str, rule: SegmentAt | SegmentDuring | SegmentMoved, entity: EntityType
) -> None:
    """Check a membership of another moment."""
    check_segment(exam, pointer, rule.name, entity)
    match rule:
        case SegmentAt(at=at, evaluated=evaluated, version=version):
            if isinstance(at, Calendar) and at.which == "this":
                exam.refuse(joined(pointer, "at"), "a current period has not ended", "write for example previous_month")
            if isinstance(at, Duration) and at.amount < 1:
                exam.refuse(joined(pointer, "at"), "that is now", "write 1d or longer, or leave at out")
            if version is not None and not evaluated:
                hint = "add evaluated: true, or remove version"
                exam.refuse(joined(pointer, "version"), "the log says who was in, whatever the version", hint)
        case SegmentDuring(during=during, quantifier=quantifier, length=length):
            check_fixed(exam, joined(pointer, "during"), during)
            if (quantifier == "at_least") != (length is not None):
                exam.refuse(
                    joined(pointer, "during"), "at_least goes with a length of time", "for example at_least: 7d"
                )
            check_exact(exam, joined(pointer, "during"), length)
        case SegmentMoved(direction=direction, during=during, nth=nth, stayed=stayed):
            check_fixed(exam, joined(pointer, direction), during)
            if nth is not None and nth < 1:
                exam.refuse(joined(pointer, "nth"), "entries and exits count from 1")
            if stayed is not None and direction == "exited":
                exam.refuse(joined(pointer, "stayed"), "how long a stay lasted belongs to its entry", "write entered")
            check_exact(exam, joined(pointer, "stayed"), stayed)


def check_fixed(exam: Examination, pointer: str, window: object) -> None:
    """Check a window that has to be the same for everybody."""
    if window is None:
        return
    if not isinstance(window, FIXED):
        exam.refuse(pointer, "the window has to be the same for everybody", "write last: 30d, a period or dates")
    check_window(exam, pointer, window)


# ---------------------------------------------------------------- groups, places, consent


def check_related(exam: Examination, pointer: str, rule: Related, entity: EntityType, *, nested: bool) -> None:
    """Check a rule about the people of a group."""
    where = joined(pointer, "related")
    if nested:
        hint = "give the inner rule a segment of its own and refer to it"
        exam.refuse(where, "a rule about related people cannot itself ask about groups", hint)
    if entity in GROUPS and entity != rule.group:
        exam.refuse(where, f"{an(entity)} has people of its own, not those of {an(rule.group)}", f"group: {entity}")
    counts = rule.operator is not None, rule.operand is not None
    if counts != ((rule.quantifier == "count"),) * 2:
        hint = "for example count: {gte: 2}"
        exam.refuse(where, "count goes with an operator and a whole number, and nothing else does", hint)
    if rule.operand is not None and rule.operand < 0:
        exam.refuse(where, "a number of people is 0 or more")


def an(entity: str) -> str:
    return f"an {entity}" if entity[0] in "aeiou" else f"a {entity}"


def check_near(exam: Examination, pointer: str, rule: Near) -> None:
    """Check a distance and what it is measured between."""
    where = joined(pointer, "within_km")
    if rule.kilometres < 0:
        exam.refuse(where, "a distance is not negative")
    if (rule.point is None) == (rule.places is None):
        exam.refuse(where, "near either a point or the places of a list", "for example of: [52.52, 13.40]")
    if rule.point is not None:
        for degrees, most, name in zip(rule.point, (90, 180), ("latitude", "longitude"), strict=True):
            if not -most <= degrees <= most:
                exam.refuse(where, f"there is no {name} {degrees}", f"it lies between -{most} and {most}")
    if rule.places is not None:
        exam.known(joined(pointer, "of"), "list of places", rule.places, exam.vocabulary.places)
    if (rule.latitude is None) != (rule.longitude is None):
        exam.refuse(where, "a place needs both latitude and longitude", "give both, or neither")
    for name, value in (("latitude", rule.latitude), ("longitude", rule.longitude)):
        if value is None and name not in exam.vocabulary.traits:
            hint = "say which values hold the coordinates: latitude and longitude"
            exam.refuse(where, f"there is no trait {name!r} that says where somebody is", hint)
        kind = type_of(TraitValue(name) if value is None else value, exam.vocabulary)
        if kind not in (None, "number"):
            exam.refuse(joined(pointer, name), f"{described(str(kind))} is no {name}", "degrees are a number")


def check_consent(exam: Examination, pointer: str, rule: Consent) -> None:
    """Check that a purpose is named."""
    if not rule.purpose.strip() or (rule.channel is not None and not rule.channel.strip()):
        exam.refuse(joined(pointer, "consent"), "the purpose or channel is empty", "for example purpose: marketing")


def check_keep(exam: Examination, pointer: str, rank: Rank) -> None:
    """Check the wider rank within which members stay."""
    where = joined(pointer, "rank/keep")
    if rank.keep_share is not None and rank.keep_number is not None:
        exam.refuse(where, "keep is either a share or a number")
    if rank.keep_share is not None and not 0 < rank.keep_share <= 1:
        exam.refuse(where, "a share is above 0 % and up to 100 %")
    if rank.keep_number is not None and rank.keep_number < 1:
        exam.refuse(where, "numbers in a rank are 1 or more")
    hint = "members stay as long as they are within keep: it is wider than the rank itself"
    pairs: tuple[tuple[Decimal | int | None, Decimal | int | None], ...]
    pairs = ((rank.share, rank.keep_share), (rank.number, rank.keep_number))
    if any(size is not None and keep is not None and keep < size for size, keep in pairs):
        exam.refuse(where, "keep is narrower than the rank", hint)


def check_segmentation(exam: Examination, definition: SegmentationDefinition) -> None:
    """Check that the parts can be told apart."""
    if not definition.parts:
        exam.refuse("parts", "a segmentation has no parts", "give it at least one beside otherwise")
    seen: set[str] = set()
    for i, name in enumerate((*(part.name for part in definition.parts), definition.otherwise)):
        where = f"parts/{i}" if i < len(definition.parts) else "otherwise"
        if not name.strip():
            exam.refuse(where, "the name of a part is empty")
        if name.casefold() in seen:
            exam.refuse(where, f"two parts are named {name!r}", "each part, the remainder included, has its own name")
        seen.add(name.casefold())


def entity_of(definition: Definition) -> EntityType:
    """Return what a definition is about; a computed trait is about customers."""
    return getattr(definition, "entity", "customer")
