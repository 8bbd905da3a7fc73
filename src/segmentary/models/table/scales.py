"""Answer scales in words: which texts are answers in an order, and which of two answers means no."""

from __future__ import annotations

import re
from collections.abc import Iterable

NO_WORDS = frozenset(
    ("no", "n", "false", "f", "off", "never", "none", "nein", "non", "nee", "falsch", "unchecked", "absent", "inactive",
     "0", "0.0")
)  # fmt: skip
YES_WORDS = frozenset(
    ("yes", "y", "true", "t", "on", "always", "some", "ja", "oui", "si", "sí", "wahr", "checked", "present", "active")
)  # fmt: skip
MISSING_TEXTS = frozenset(("", "na", "n/a", "#n/a", "nan", "null", "<na>", "nat"))
"""Texts that only ever mean that nothing was answered."""
NO_ANSWER_TEXTS = frozenset(
    (
        "unknown", "don't know", "dont know", "do not know", "dk", "refused", "refusal", "no answer", "not answered",
        "not stated", "prefer not to say", "prefer not to answer", "missing", "?", "-", ".", "keine angabe", "k.a.",
        "weiß nicht", "weiss nicht", "unbekannt", "not applicable", "other/unknown", "ne sait pas", "sans réponse",
    )
)  # fmt: skip
"""Texts that usually mean that nothing was answered, but are kept as a level until somebody says so."""

ORDERS: tuple[tuple[str, ...], ...] = tuple(
    tuple(one.strip() for one in line.split("<"))
    for line in """
    strongly disagree < disagree < somewhat disagree|slightly disagree|tend to disagree|mildly disagree
      < neutral|neither agree nor disagree|neither|undecided|neither nor|not sure
      < somewhat agree|slightly agree|tend to agree|mildly agree < agree < strongly agree
    strongly disagree < rather disagree|mostly disagree < neutral|neither agree nor disagree|partly
      < rather agree|mostly agree < strongly agree
    fully disagree|completely disagree|totally disagree < disagree < neutral|neither agree nor disagree < agree
      < fully agree|completely agree|totally agree
    stimme überhaupt nicht zu|stimme gar nicht zu < stimme nicht zu < stimme eher nicht zu
      < teils teils|teils, teils|teils/teils|weder noch|neutral < stimme eher zu < stimme zu
      < stimme voll zu|stimme voll und ganz zu|stimme völlig zu
    trifft überhaupt nicht zu|trifft gar nicht zu < trifft nicht zu < trifft eher nicht zu < teils teils|teils, teils
      < trifft eher zu < trifft zu < trifft voll zu|trifft voll und ganz zu|trifft völlig zu
    very dissatisfied|extremely dissatisfied|completely dissatisfied < dissatisfied|unsatisfied
      < somewhat dissatisfied|rather dissatisfied|slightly dissatisfied
      < neutral|neither satisfied nor dissatisfied|neither < somewhat satisfied|rather satisfied|slightly satisfied
      < satisfied < very satisfied|extremely satisfied|completely satisfied
    sehr unzufrieden < unzufrieden < eher unzufrieden < teils teils|neutral|weder noch < eher zufrieden < zufrieden
      < sehr zufrieden
    very unlikely|extremely unlikely|definitely not < unlikely|probably not < somewhat unlikely
      < neutral|neither likely nor unlikely|maybe|might or might not|not sure < somewhat likely|rather likely
      < likely|probably|probably yes < very likely|extremely likely|definitely|definitely yes
    not at all important|not important at all|very unimportant < unimportant|not important|not very important
      < slightly important|somewhat unimportant|of little importance < neutral|neutral importance
      < moderately important|somewhat important|rather important|fairly important < important
      < very important < extremely important|absolutely essential
    unwichtig|überhaupt nicht wichtig < eher unwichtig < teils teils|neutral < eher wichtig < wichtig < sehr wichtig
    never < almost never|hardly ever|very rarely < rarely|seldom < occasionally|once in a while < sometimes
      < often|frequently|regularly < usually|mostly|most of the time|very often|almost always < always
    nie|niemals < fast nie|sehr selten < selten < gelegentlich < manchmal < oft|häufig|regelmäßig < meistens|sehr oft
      < immer
    never < less than once a year|less often < once a year|yearly|annually < twice a year|every six months
      < every three months|quarterly|several times a year < every two months < once a month|monthly
      < two or three times a month|several times a month < every two weeks|twice a month|biweekly
      < once a week|weekly < more than once a week|several times a week|twice a week < daily|every day|once a day
      < several times a day|more than once a day
    not at all < slightly|a little|a little bit|hardly < somewhat|to some extent < moderately < quite|fairly|quite a bit
      < very|very much|a lot|to a great extent < extremely|completely|fully
    none < very low|very little|very few < low|little|few < medium|moderate|mid|average|some < high|much|many
      < very high|a great deal
    niedrig|gering < mittel < hoch < sehr hoch
    very poor|terrible|very bad|awful < poor|bad < fair|average|ok|okay|neutral < good < very good
      < excellent|outstanding
    much worse < worse|somewhat worse|slightly worse < the same|about the same|same < better|somewhat better
      < much better
    xxs < xs|extra small < s|small < m|medium < l|large < xl|extra large < xxl < xxxl
    young < middle|middle-aged|middle aged < old|senior
    no schooling|no education|none < currently a primary school pupil < primary school|primary|primary education
      < basic|basic school|lower secondary < secondary school|secondary|upper secondary|high school|graduation
      < some college|vocational|associate degree < college/bachelor degree|bachelor|bachelor's degree
      |undergraduate|tertiary
      < master|masters|master's degree|masters degree|graduate|2n cycle|postgraduate < phd|doctorate|doctorate degree
    """.replace("\n      <", " <").replace("\n      |", "|").strip().splitlines()
)  # fmt: skip
"""Known scales, from low to high; spellings of one answer are divided by ``|``."""

SCALES: tuple[dict[str, int], ...] = tuple(
    {spelling.casefold(): place for place, one in enumerate(order) for spelling in one.split("|")} for order in ORDERS
)
AT_LEAST_KNOWN = 3
LONGEST = 11
NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")


def plain(text: str) -> str:
    """Return a text as scales spell it: small letters, single spaces, without a number in front."""
    found = re.sub(r"[\s_]+", " ", text.strip().casefold().replace("’", "'"))
    return re.sub(r"^\(?[-+]?\d+\s*[).:=–-]\s*", "", found).strip(" .!")


def missing_text(text: str) -> bool:
    """Say whether a text only means that nothing was answered."""
    return text.strip().casefold() in MISSING_TEXTS


def ordered(levels: Iterable[str]) -> tuple[str, ...] | None:
    """Return texts from low to high if they are answers of one known scale, or all carry one number; else None.

    "7-9 hours" and the like carry two numbers and are left alone; "1 = not at all" ... "5 = fully" and
    "I hate it!-5" ... "+4" are ordered by their numbers.
    """
    texts = list(levels)
    if len(texts) < AT_LEAST_KNOWN:
        return None
    spelled = [plain(text) for text in texts]
    for scale in SCALES:
        if all(text in scale for text in spelled) and len({scale[text] for text in spelled}) == len(texts):
            return tuple(sorted(texts, key=lambda text: scale[plain(text)]))
    numbers = [NUMBER.findall(text) for text in texts]
    if len(texts) <= LONGEST and all(len(found) == 1 for found in numbers):
        values = [float(found[0]) for found in numbers]
        if len(set(values)) == len(values) and all(value == int(value) for value in values):
            step = sorted(values)
            if step[-1] - step[0] == len(step) - 1 and re.sub(NUMBER, "", texts[0]) != texts[0]:
                return tuple(text for _, text in sorted(zip(values, texts, strict=True)))
    return None


def no_first(levels: Iterable[str]) -> tuple[str, ...]:
    """Return two levels, the one that means no first; where neither does, in the order of the alphabet.

    "not married" comes before "married", "non-smoker" before "smoker".
    """
    one, other = sorted(levels)
    for low, high in ((one, other), (other, one)):
        if plain(low) in NO_WORDS or (plain(high) in YES_WORDS and plain(low) not in YES_WORDS):
            return low, high
        if re.fullmatch(r"(not|no|non|un|without|kein|nicht)[ -]?" + re.escape(plain(high)), plain(low)):
            return low, high
    return one, other
