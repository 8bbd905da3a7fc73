"""What an attribute's name gives away: its base, how sensitive it is, what one of it is.

Sources bring names nobody foresaw. These rules are guesses from the words of a name, documented in ``docs/traits.md``;
a computed trait states its base and sensitivity itself.
"""

from __future__ import annotations

from segmentary.language.tree import Base, Sensitivity, ValueType


def listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


# The first line a name fits decides.
BASES: tuple[tuple[Base, frozenset[str]], ...] = (
    (
        "psychographic",
        listed(
            "attitude attitudes values interest interests lifestyle opinion opinions personality motive motives hobby"
            " hobbies belief beliefs persona"
        ),
    ),
    (
        "geographic",
        listed(
            "country continent region city town postal postcode zip zipcode state province county latitude longitude"
            " urbanity address street district area location timezone"
        ),
    ),
    (
        "firmographic",
        listed(
            "account employees employee headcount sector industry company firm organisation organization turnover"
            " naics sic nace vat subsidiary b2b"
        ),
    ),
    (
        "technographic",
        listed("device os browser platform agent app bot mobile tablet desktop internet streaming software tech"),
    ),
    (
        "demographic",
        listed(
            "age gender sex birth birthday dob income salary marital married kids kidhome teenhome child children"
            " household education occupation job profession generation nationality language ethnicity religion senior"
            " partner dependents home homeowner retired"
        ),
    ),
    (
        "value",
        listed(
            "monetary spend spent spending mnt ltv clv amount charges mrr arr price paid balance worth rfm value"
            " purchases"
        ),
    ),
    (
        "behavioural",
        listed(
            "order orders purchase purchases visit visits session sessions click clicks open opens campaign newsletter"
            " channel complain complaint complaints response churn tenure contract recency returns coupon coupons first"
            " last favourite favorite loyalty usage login logins payment signup"
        ),
    ),
)
COMPANY_MONEY = frozenset({"revenue", "annual_revenue", "company_revenue"})

SPECIAL = listed(
    "religion religious faith church ethnicity ethnic race racial orientation sexuality sexual health disease diagnosis"
    " illness disability disabled medication pregnant pregnancy political politics union genetic biometric hiv allergy"
    " allergies addiction"
)
"""Words of data that needs a special ground to process (health, belief, origin, orientation, politics, union)."""

IDENTIFIER_ENDINGS = (
    *("email", "e_mail", "mail_address", "phone", "phone_number", "telephone", "mobile_number", "fax"),
    *("first_name", "last_name", "full_name", "surname", "firstname", "lastname", "given_name", "family_name"),
    *("contact_name", "customer_name", "person_name", "username", "user_name", "address", "street", "ip"),
    *("iban", "passport", "ssn", "tax_id", "cookie_id", "device_id"),
)
PERSONAL = listed(
    "birth birthday dob age gender sex postal postcode zip zipcode income salary wage marital married kids kidhome"
    " teenhome child children nationality education occupation job profession credit debt balance loan mortgage"
    " latitude longitude generation retired dependents partner"
)
UNITS = {
    **dict.fromkeys(("age", "age_years"), "years"),
    **dict.fromkeys(("employees", "account_employees", "city_population", "household_members"), "people"),
    **dict.fromkeys(("latitude", "longitude"), "degrees"),
}
UNIT_ENDINGS = {"days": "days", "weeks": "weeks", "months": "months", "years": "years", "share": "share"}


def words(name: str) -> tuple[str, ...]:
    return tuple(name.replace(".", "_").split("_"))


def base_of(name: str, source: str = "") -> Base:
    """Guess the base of an attribute from the words of its name, or from the module that derived it."""
    if source == "derived:psychographics":
        return "psychographic"
    if name in COMPANY_MONEY or words(name)[0] == "account":
        return "firmographic"
    found = frozenset(words(name))
    if is_identifier(name) and not found & {"address", "street"}:
        return "other"
    return next((base for base, marks in BASES if found & marks), "other")


def sensitivity_of(name: str, type_: ValueType, *, looks_like_address: bool = False) -> Sensitivity:
    """Guess how an attribute must be guarded.

    Special beats identifier beats personal. A yes-or-no about a mail address is not a mail address.

    Parameters
    ----------
    looks_like_address : most of its values are e-mail addresses, whatever it is called.
    """
    found = frozenset(words(name))
    if found & SPECIAL:
        return "special"
    if looks_like_address or (type_ in ("text", "number") and is_identifier(name)):
        return "identifier"
    if found & PERSONAL:
        return "personal"
    return "ordinary"


def is_identifier(name: str) -> bool:
    return name == "name" or any(name == end or name.endswith(f"_{end}") for end in IDENTIFIER_ENDINGS)


def unit_of(name: str, type_: ValueType) -> str:
    if type_ != "number":
        return ""
    return UNITS.get(name) or UNIT_ENDINGS.get(words(name)[-1], "")


def title_of(name: str) -> str:
    text = name.replace("_", " ").strip()
    return text[:1].upper() + text[1:]
