from __future__ import annotations

import pytest

from segmentary.profiles.naming import base_of, sensitivity_of, title_of, unit_of


@pytest.mark.parametrize(
    ("base", "names"),
    [
        ("demographic", "age gender income marital_status kidhome birth_date education household_id"),
        ("geographic", "country region city postal_code urbanity latitude country_code"),
        ("technographic", "device_type os browser is_bot internet_service"),
        ("firmographic", "employees sector account_country account_tier company_size annual_revenue business_sector"),
        ("psychographic", "attitude_eco interests values"),
        ("behavioural", "order_channel last_visit newsletter_topic"),
        ("value", "mnt_wines total_spent ltv monthly_charges"),
        ("other", "x id_code first_name last_name email phone"),
    ],
)
def test_bases(base, names):
    assert {name: base_of(name) for name in names.split()} == dict.fromkeys(names.split(), base)


def test_survey_items_are_psychographic_whatever_they_ask():
    assert base_of("nps_2025_city", "derived:psychographics") == "psychographic"


@pytest.mark.parametrize(
    ("sensitivity", "names"),
    [
        ("identifier", "email work_email phone mobile_number first_name last_name name ip customer_name iban"),
        ("personal", "birth_date birth_year gender income postal_code marital_status latitude children"),
        ("special", "religion ethnicity sexual_orientation health_status political_party union_member pregnant"),
        ("ordinary", "city country sector brand_name orders company_name email_opens_90d"),
    ],
)
def test_sensitivity(sensitivity, names):
    assert {sensitivity_of(name, "text") for name in names.split()} == {sensitivity}


def test_a_yes_or_no_about_an_address_is_none():
    assert sensitivity_of("may_contact_email", "boolean") == "ordinary"
    assert sensitivity_of("has_phone", "boolean") == "ordinary"


def test_addresses_are_known_by_their_look():
    assert sensitivity_of("contact", "text", looks_like_address=True) == "identifier"


def test_units_and_titles():
    assert unit_of("age", "number") == "years"
    assert unit_of("tenure_months", "number") == "months"
    assert unit_of("days", "text") == ""
    assert title_of("marital_status") == "Marital status"
    assert title_of("") == ""
