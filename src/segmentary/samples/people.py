"""The generated people, the firms they work for and the households they live in."""

from __future__ import annotations

import datetime as dt
import math
import random
from decimal import Decimal

from segmentary.samples.business import Account, Answer, Consent, Customer, Household
from segmentary.samples.personas import PERSONAS, SCALES, Persona
from segmentary.samples.towns import WEIGHTED

HISTORY_DAYS = 3 * 365
ITEMS_A_SCALE = 3
WOMEN = ("Anna", "Clara", "Elif", "Greta", "Hanna", "Ida", "Julie", "Lena", "Maria", "Nora", "Olga", "Paula", "Sofia",
         "Tilda", "Yasmin", "Zoé")  # fmt: skip
MEN = ("Adam", "Ben", "Carlos", "David", "Emil", "Finn", "Georg", "Hugo", "Ivan", "Jonas", "Karim", "Luis", "Mateo",
       "Noah", "Oskar", "Théo")  # fmt: skip
FAMILIES = ("Ahrens", "Bauer", "Conti", "Dubois", "Ernst", "Fischer", "García", "Huber", "Ivanova", "Jansen", "Keller",
            "Lopez", "Müller", "Novak", "O'Neill", "Peters", "Quandt", "Rossi", "Schäfer", "Tanaka", "Ulrich", "Vogel",
            "Weiß", "Yıldız", "Zimmermann")  # fmt: skip
ASCII = str.maketrans(
    {"ü": "ue", "ä": "ae", "ß": "ss", "ı": "i", "é": "e", "í": "i", "'": "", "ö": "oe"}  # e-mail addresses are plain
)
# Numbers that are set aside for fiction, so that nobody is ever called.
FICTIONAL_PHONES = ("+493023125", "+494066969", "+496990009", "+49221471", "+498999998")
SECTORS = ("technology", "retail", "health", "construction", "education", "finance", "manufacturing", "hospitality")
FIRM_SIZES = ((1, 9), (10, 48), (52, 245), (260, 990), (1_050, 20_000))


def poisson(chance: random.Random, mean: float) -> int:
    """Draw a Poisson number by Knuth's method: the means here are small."""
    if mean <= 0:
        return 0
    limit, product, drawn = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        drawn += 1
    return drawn


def accounts(chance: random.Random, number: int, today: dt.date) -> list[Account]:
    """Return firms of all sizes; a few do not say how many people they employ."""
    found = []
    for index in range(number):
        low, high = chance.choices(FIRM_SIZES, (30, 28, 20, 12, 10))[0]
        employees = None if chance.random() < 0.05 else chance.randint(low, high)
        age_days = chance.randint(200, 4 * 365) if chance.random() < 0.2 else chance.randint(6 * 365, 80 * 365)
        sector = "technology" if age_days < 5 * 365 and chance.random() < 0.6 else chance.choice(SECTORS)
        name = f"{chance.choice(FAMILIES)} {sector.capitalize()} {chance.choice(('GmbH', 'AG', 'SARL', 'Ltd'))}"
        country = chance.choice(("Germany", "Austria", "France"))
        founded_on = today - dt.timedelta(days=age_days)
        found.append(Account(f"A{index + 1:05d}", name, employees, sector, country, founded_on))
    return found


def households(chance: random.Random, number: int) -> list[Household]:
    """Return households by dwelling and size."""
    found = []
    for index in range(number):
        dwelling = chance.choice(("flat", "house", "farm"))
        found.append(Household(f"H{index + 1:05d}", dwelling, chance.choices(range(1, 7), (3, 5, 4, 4, 2, 1))[0]))
    return found


def customer(
    chance: random.Random, index: int, as_of: dt.datetime, today: dt.date, firms: list[Account], homes: list[Household]
) -> Customer:
    """Draw one person: who they are, not yet what they did."""
    persona = chance.choices(PERSONAS, [p.share for p in PERSONAS])[0]
    gender = "female" if chance.random() < persona.women else "male"
    if chance.random() < 0.01:
        gender = "diverse"
    first = chance.choice(WOMEN if gender == "female" else MEN)
    last = chance.choice(FAMILIES)
    mailbox = f"{first}.{last}".lower().translate(ASCII)
    email = f"{mailbox}.{index}@example.{('org', 'com', 'net')[index % 3]}" if chance.random() < 0.97 else ""
    born = today - dt.timedelta(days=chance.randint(persona.ages[0] * 365 + 40, persona.ages[1] * 365))
    student = chance.random() < persona.students
    children = poisson(chance, 1.3) if chance.random() < persona.children else 0
    if persona.name == "family":
        children = max(1, children)
    income = Decimal(max(9_000, round(chance.lognormvariate(math.log(persona.income), 0.42), -2)))
    phone = ""
    if index < len(FICTIONAL_PHONES) * 999 and chance.random() < 0.6:
        phone = f"{FICTIONAL_PHONES[index % 5]}{index // 5:03d}"
    towns, weights = zip(*WEIGHTED, strict=True)
    return Customer(
        customer_id=f"C{index + 1:06d}",
        created_at=created(chance, persona, as_of),
        first_name=first,
        last_name=last,
        email=email,
        phone=phone,
        birth_date=None if chance.random() < 0.06 else born,
        gender=gender if chance.random() < 0.95 else "",
        town=chance.choices(towns, weights)[0],
        income=None if chance.random() < 0.25 else income,
        children=None if chance.random() < 0.1 else children,
        occupation="student" if student else chance.choice(("employee", "self-employed", "retired", "")),
        persona=persona.name,
        account=chance.choice(firms) if firms and chance.random() < persona.firms else None,
        household=chance.choice(homes) if homes and chance.random() < 0.3 else None,
    )


def created(chance: random.Random, persona: Persona, as_of: dt.datetime) -> dt.datetime:
    """Draw when somebody signed up, by the course of their life with the shop."""
    newest, oldest = {
        "newcomer": (2, 75),
        "faded": (400, HISTORY_DAYS),
        "steady": (100, HISTORY_DAYS),
        "once": (10, HISTORY_DAYS),
        "browser": (20, 400),
        "silent": (5, HISTORY_DAYS),
    }[persona.course]
    seconds = chance.randint(newest * 86_400, oldest * 86_400)
    return as_of - dt.timedelta(seconds=seconds)


def answer_survey(chance: random.Random, who: Customer, persona: Persona, as_of: dt.datetime) -> None:
    """Let four in ten customers answer the survey, leaving out a question here and there."""
    age = as_of - who.created_at
    if persona.course in ("silent", "newcomer") or age < dt.timedelta(days=130) or chance.random() > 0.42:
        return
    who.answered_at = as_of - dt.timedelta(seconds=chance.randint(60 * 86_400, 120 * 86_400))
    for scale in SCALES:
        skipped = chance.random() < 0.03
        leaning = persona.attitudes.get(scale, 3.0) + chance.gauss(0, 0.45)
        for number in range(1, ITEMS_A_SCALE + 1):
            value = min(5, max(1, round(leaning + chance.gauss(0, 0.5))))
            missing = skipped or chance.random() < 0.04
            who.answers.append(Answer(f"{scale}_{number}", None if missing else value))


def decide_consents(chance: random.Random, who: Customer, persona: Persona, as_of: dt.datetime) -> None:
    """Let three in four agree to e-mail at sign-up; some of them opt out later, some never to everything."""
    if persona.course == "silent" and chance.random() < 0.5:
        return
    agreed = bool(who.email) and chance.random() < 0.75
    who.consents.append(Consent("marketing", "email", agreed, who.created_at))
    who.consents.append(Consent("analytics", "any", chance.random() < 0.8, who.created_at))
    if who.phone:
        who.consents.append(Consent("marketing", "phone", chance.random() < 0.3, who.created_at))
    age_seconds = int((as_of - who.created_at).total_seconds())
    if agreed and chance.random() < 0.12:
        at = who.created_at + dt.timedelta(seconds=chance.randint(age_seconds // 3, age_seconds - 1))
        who.consents.append(Consent("marketing", "email", False, at))
    elif chance.random() < 0.02:
        at = who.created_at + dt.timedelta(seconds=chance.randint(age_seconds // 2, age_seconds - 1))
        who.consents.append(Consent("marketing", "any", False, at))


def opted_in(who: Customer, at: dt.datetime) -> bool:
    """Say whether marketing e-mail was allowed at a moment: the newest decision that covers e-mail."""
    decisions = [c for c in who.consents if c.purpose == "marketing" and c.channel in ("email", "any")]
    known = [c for c in decisions if c.happened_at <= at]
    return bool(known) and max(known, key=lambda c: c.happened_at).granted
