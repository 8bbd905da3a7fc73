from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentary.sources.names import header_names, lower_snake, unique


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("InvoiceNo", "invoice_no"),
        ("customerID", "customer_id"),
        ("Dt_Customer", "dt_customer"),
        ("retail_disc", "retail_disc"),
        ("E-Mail Adresse", "e_mail_adresse"),
        ("luxury / be spoilt", "luxury_be_spoilt"),
        ("HTTPStatus", "http_status"),
        ("2nd phone", "column_2nd_phone"),
        ("Größe", "grosse"),
        ("年龄", "column"),
        ("", "column"),
    ],
)
def test_names_have_one_spelling(name: str, expected: str) -> None:
    assert lower_snake(name) == expected


@given(st.text(max_size=200))
def test_any_text_becomes_a_plain_name(name: str) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", lower_snake(name))
    assert len(lower_snake(name)) <= 80


@given(st.lists(st.sampled_from(["a", "A", "a_2", "b", "row_number"]), max_size=12))
def test_unique_names_differ_whatever_their_case(names: list[str]) -> None:
    out = unique(names, reserved=("row_number",))
    assert len({n.casefold() for n in out} | {"row_number"}) == len(names) + 1


def test_header_repairs_are_told() -> None:
    warnings: list[str] = []
    assert header_names([" id ", "", "id", "row_number"], warnings=warnings) == [
        "id",
        "column_2",
        "id_2",
        "row_number_2",
    ]
    assert len(warnings) == 3
