"""What customers will do, in a workspace: fitted on its past, kept in its ledger, scored into traits.

::

    fitted = workspace.predictions.clv("clv", days=365)      # fitted, tested on the newest past, kept
    print(fitted.card.holdout)                                # how well it does
    workspace.predictions.score("clv")                        # everybody has clv.value, clv.low, clv.high ...
    workspace.run()                                           # and segments may use them
"""

from __future__ import annotations

import datetime as dt
import importlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlglot import exp

from segmentary.errors import UnknownNameError, UsageError, WorkspaceError
from segmentary.ledger.records import Record, append_record, current_records, record, records
from segmentary.models.progress import Tell, quiet
from segmentary.schema import EVENTS, PRODUCTS
from segmentary.workspace.moments import Moment
from segmentary.workspace.scores import Scored, ToScore, last_scored, score, scores_ended

if TYPE_CHECKING:
    from segmentary.language.tree import Context, Rule
    from segmentary.models.predict.card import ModelCard
    from segmentary.models.predict.offers import Offers
    from segmentary.models.predict.prediction import Prediction
    from segmentary.workspace.workspace import Workspace

NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
FURTHEST_DAYS = 3_650
CLASSES: Mapping[str, tuple[str, str]] = {
    "lifetime_value": ("segmentary.models.value.lifetime_value", "LifetimeValue"),
    "next_purchase": ("segmentary.models.predict.next_purchase", "NextPurchase"),
    "silent_churn": ("segmentary.models.predict.silent_churn", "SilentChurn"),
    "contractual_churn": ("segmentary.models.predict.contractual", "ContractualChurn"),
    "propensity": ("segmentary.models.predict.propensity", "Propensity"),
    "lookalike": ("segmentary.models.predict.lookalike", "Lookalike"),
}
"""Where each sort of prediction is made again from its document."""
Asked: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Fitted:
    """A prediction the ledger keeps. number : v1, v2. asked : with which options it was fitted."""

    name: str
    number: int
    version: str
    created_at: dt.datetime
    prediction: Prediction
    asked: Asked

    @property
    def card(self) -> ModelCard:
        """Everything a person should know of it."""
        return self.prediction.card

    @property
    def gone(self) -> tuple[str, str] | None:
        """Of contracts: the attribute that says who has left, and its word for that."""
        return (self.asked["left"], self.asked["left_is"]) if "left_is" in self.asked else None

    @property
    def label(self) -> str:
        """How people read its version."""
        return f"v{self.number} {self.version[:8]}"


@dataclass(frozen=True, slots=True)
class KeptPrediction:
    """One line of the list. scored_as_of : as of when everybody was last scored; None: never."""

    name: str
    number: int
    version: str
    kind: str
    target: str
    horizon_days: int
    people: int
    outputs: tuple[str, ...]
    created_at: dt.datetime
    scored_as_of: dt.datetime | None


class Predictions:
    """Predictions of one workspace: ``workspace.predictions``."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    # ------------------------------------------------------------ fitting

    def clv(
        self, name: str = "clv", *, days: int = 365, as_of: Moment = None, tell: Tell = quiet, **options: Any
    ) -> Fitted:
        """Fit lifetime value: money expected within the days, purchases, and whether somebody is still there.

        options : of `segmentary.models.value.lifetime_value.fit_lifetime_value`: model, margin, discount_rate ...

        Raises
        ------
        NoAnswerError
            when there are too few purchases, or too short a history.
        """
        from segmentary.workspace.predicting import clv

        made = clv(self.workspace, self.asked_for(name, days, as_of), days, tell, options)
        return self.keep(name, made, days, as_of, options)

    def next(
        self, name: str = "next", *, days: int = 91, as_of: Moment = None, tell: Tell = quiet, **options: Any
    ) -> Fitted:
        """Fit what everybody will spend within the days, and whether they will buy at all."""
        from segmentary.workspace.predicting import following

        made = following(self.workspace, self.asked_for(name, days, as_of), days, tell, options)
        return self.keep(name, made, days, as_of, options)

    def churn(
        self,
        name: str = "churn",
        *,
        days: int = 91,
        tenure: str | None = None,
        left: str | None = None,
        by: Sequence[str] = (),
        as_of: Moment = None,
        tell: Tell = quiet,
        **options: Any,
    ) -> Fitted:
        """Fit who will leave: of contracts by `tenure` and `left`, of everybody else by silence.

        Parameters
        ----------
        tenure, left : traits: how long somebody has been (or was) a customer, and whether they have left. Without them
            churn is silence: no purchase within the days, of those who are active now.
        by : of contracts, the traits to predict by (patterns; default: all that fit).
        """
        from segmentary.workspace.predicting import contractual, silent

        if (tenure is None) != (left is None):
            raise UsageError("a contract has both a tenure and an end", hint="--tenure TRAIT --left TRAIT, or neither")
        context = self.asked_for(name, days, as_of)
        if tenure is not None and left is not None:
            made, word = contractual(self.workspace, context, (tenure, left, tuple(by)), days, tell, options)
            options = {**options, "left_is": word}
        else:
            made = silent(self.workspace, context, days, tell, options)
        asked = {"tenure": tenure, "left": left, "by": list(by), **options}
        return self.keep(name, made, days, as_of, asked)

    def propensity(
        self,
        name: str,
        event: str | Rule,
        *,
        days: int = 91,
        within: str | None = None,
        as_of: Moment = None,
        tell: Tell = quiet,
        **options: Any,
    ) -> Fitted:
        """Fit how likely everybody is to do something within the days.

        Parameters
        ----------
        event : any rule of the language, as text or tree: ``did order_completed where category = "shoes"``.
        within : only of the members of this segment, as of each moment.
        """
        from segmentary.workspace.predicting import likely

        made = likely(self.workspace, self.asked_for(name, days, as_of), event, within, days, tell, options)
        return self.keep(name, made, days, as_of, {"event": str(event), "within": within, **options})

    def lookalike(
        self, name: str, seed_segment: str, *, within: str | None = None, as_of: Moment = None, tell: Tell = quiet,
        **options: Any,
    ) -> Fitted:  # fmt: skip
        """Fit who is like the members of a segment: a rank of everybody else, never a probability."""
        from segmentary.workspace.predicting import alike

        made = alike(self.workspace, self.asked_for(name, 1, as_of), seed_segment, within, tell, options)
        return self.keep(name, made, 0, as_of, {"seed_segment": seed_segment, "within": within, **options})

    def asked_for(self, name: str, days: int, as_of: Moment) -> Context:
        """Return the moment to look back from; what cannot be asked for is said before anybody waits.

        Raises
        ------
        UsageError
            when the name cannot name a prediction, or nobody can look so far ahead.
        """
        if not NAME.fullmatch(name):
            hint = "small letters, digits, underscores; a letter first; at most 60"
            raise UsageError(f"{name!r} cannot name a prediction", hint=hint)
        if name in current_records(self.workspace.ledger, "solution"):
            raise UsageError(f"{name} is a solution of found segments already", hint="take another name")
        if not 1 <= days <= FURTHEST_DAYS:
            raise UsageError(f"a horizon of {days:,} days", hint=f"at least 1, at most {FURTHEST_DAYS:,}")
        return self.context(as_of)

    def context(self, as_of: Moment) -> Context:
        """Return the moment to look back from: default that of the newest run, else now."""
        last = self.workspace.last_run()
        return self.workspace.context(as_of if as_of is not None or last is None else last.as_of)

    # ------------------------------------------------------------ keeping

    def keep(self, name: str, prediction: Prediction, days: int, as_of: Moment, options: Asked) -> Fitted:
        """Keep a prediction; the same again adds nothing."""
        held = current_records(self.workspace.ledger, "prediction").get(name)
        if held is not None and set(prediction_of(held).outputs) != set(prediction.outputs):
            # What the new one does not say, nobody would ever say again: the old scores would stand for good.
            kind = prediction_of(held).card.kind
            raise UsageError(
                f"{name} is a prediction of another sort already ({kind})",
                hint=f"take another name, or `segmentary predict retire {name}` first",
            )
        asked = {"days": days, "as_of": None if as_of is None else str(as_of), **options}
        document = {
            "type": type_of(prediction),
            "prediction": prediction.to_document(),
            "asked": {key: value for key, value in asked.items() if value not in (None, [], ())},
        }
        append_record(self.workspace.ledger, "prediction", name, document, at=self.workspace.tick())
        return self.fitted(name)

    def fitted(self, name: str, version: str = "") -> Fitted:
        """Return a prediction kept; version (or ``name@version``): ``v2`` or how its hash begins; else the newest.

        Raises
        ------
        UnknownNameError
            when there is none.
        """
        kept = record(self.workspace.ledger, "prediction", name, version)
        held = [one.version for one in records(self.workspace.ledger, "prediction", kept.name) if not one.retired]
        return Fitted(
            kept.name,
            held.index(kept.version) + 1,
            kept.version,
            kept.created_at,
            prediction_of(kept),
            kept.document["asked"],
        )

    def kept(self) -> list[KeptPrediction]:
        """Return the newest version of every prediction in force."""
        scored = last_scored(self.workspace)
        found = []
        for name in current_records(self.workspace.ledger, "prediction"):
            one = self.fitted(name)
            found.append(
                KeptPrediction(
                    name,
                    one.number,
                    one.version,
                    one.card.kind,
                    one.card.target,
                    one.card.horizon_days,
                    one.card.people,
                    tuple(one.prediction.outputs),
                    one.created_at,
                    scored.get(name),
                )
            )
        return found

    def retire(self, name: str) -> int:
        """Take a prediction out of force: its scores end now. Return how many there were.

        Raises
        ------
        UsageError
            when definitions in force ask for its scores.
        """
        from segmentary.workspace.predicting import users_of

        kept = record(self.workspace.ledger, "prediction", name)
        using = users_of(self.workspace, kept.name)
        if using:
            raise UsageError(f"{kept.name} is used by {', '.join(using)}", hint="change or prune those first")
        prediction = prediction_of(kept)
        ended = scores_ended(self.workspace, kept.name, prediction, self.workspace.context())
        append_record(
            self.workspace.ledger, "prediction", kept.name, kept.document, at=self.workspace.tick(), retired=True
        )
        return ended

    # ------------------------------------------------------------ use

    def score(self, *names: str, as_of: Moment = None, tell: Tell = quiet) -> list[Scored]:
        """Score everybody by predictions (default: all in force) as of a moment, and keep that as dated traits.

        Raises
        ------
        NoAnswerError
            when a prediction can speak of nobody.
        """
        known = current_records(self.workspace.ledger, "prediction")
        for name in names:
            if name.partition("@")[0] not in known:
                raise UnknownNameError("prediction", name, known)
        twice = [name for name, n in Counter(name.partition("@")[0] for name in names).items() if n > 1]
        if twice:
            raise UsageError(f"{twice[0]} is named twice", hint="as of one moment everybody has one score of it")
        context = self.context(as_of)
        fitted = [self.fitted(name) for name in names or known]
        return score(self.workspace, [ToScore(o.name, o.prediction, o.label, o.gone) for o in fitted], context, tell)

    def drift(self, name: str, *, as_of: Moment = None) -> Any:
        """Say how far the people of now have moved from those it was fitted on."""
        from segmentary.workspace.prediction_drift import drifted

        return drifted(self.workspace, self.fitted(name), self.context(as_of))

    def offers(self, *, level: str = "category", as_of: Moment = None, tell: Tell = quiet, **options: Any) -> Offers:
        """Return the next best offers: what everybody is likely to buy again, and what they might discover.

        options : of `segmentary.models.predict.offers.next_best_offers`: most, horizon_days, leave_out, once ...
        """
        from segmentary.models.predict.offers import next_best_offers

        self.workspace.derived.ensure()
        events = exp.table_(EVENTS.name, quoted=True)
        context = self.context(as_of)
        named = level in ("", "product_id") and self.workspace.warehouse.has_table(PRODUCTS.name)
        return next_best_offers(
            self.workspace.warehouse,
            events,
            context,
            level=level,
            names=product_names() if named else None,
            tell=tell,
            **options,
        )

    def report(self, name: str, path: str | Path | None = None, *, tell: Tell = quiet) -> Any:
        """Write the report of a prediction: its card, calibration, what it was tested on, pictures."""
        from segmentary.workspace.prediction_reporting import write_prediction

        return write_prediction(self.workspace, self.fitted(name), Path(path) if path is not None else None, tell)


def type_of(prediction: Prediction) -> str:
    """Return under which word a sort of prediction is kept."""
    return next(word for word, (_, name) in CLASSES.items() if name == type(prediction).__name__)


def prediction_of(kept: Record) -> Prediction:
    """Return the prediction a record holds."""
    module, name = CLASSES[kept.document["type"]]
    try:
        made: Prediction = getattr(importlib.import_module(module), name).from_document(kept.document["prediction"])
    except (AttributeError, KeyError, TypeError) as error:
        message = f"the prediction {kept.name} was kept by another version of segmentary and cannot be read"
        raise WorkspaceError(message, hint=f"fit it again under the name {kept.name}") from error
    return made


def product_names() -> exp.Select:
    """Return what products are called."""
    key, name = exp.column("product_id", quoted=True), exp.column("name", quoted=True)
    query = exp.select(key.as_("item", quoted=True), exp.Max(this=name).as_("name", quoted=True))
    return (
        query.from_(exp.table_(PRODUCTS.name, quoted=True)).where(exp.not_(name.copy().is_(exp.null()))).group_by(key)
    )
