"""Tables of offers: read strictly, valid when they say, ranked the same way every time."""

import datetime as dt
from decimal import Decimal

import pytest

from segmentary.activation.offers import Candidate, offers_of, ranked, read_offers, shown
from segmentary.errors import DefinitionError
from segmentary.language.yaml import cursors

TEXT = """offers: autumn
currency: EUR
rows:
  - id: ten_off
    words: "10% off your next order."
    code: AUTUMN10
    value: 5
    for: [basic, plus]
    from: 2026-03-01
    until: 2026-03-15
    limit: 500
    products: [boots]
  - id: voucher
    words: A voucher.
    codes: [A1, A2, A3]
    value: 20.50
    for: "orders_total >= 1000"
    budget: 2000
    per_person: any
    priority: 2
    expected: clv
    until: 2026-03-15 18:00
    url: https://shop.example/v
"""


def table(text=TEXT, file="offers.yaml"):
    (cursor,) = cursors(text, file=file, local_times=True)
    return read_offers(cursor)


def test_what_a_table_says():
    ten, voucher = table().rows
    assert (ten.segments, ten.rule, ten.limit, ten.per_person, ten.value) == (("basic", "plus"), "", 500, 1, Decimal(5))
    assert (voucher.rule, voucher.codes, voucher.budget, voucher.per_person) == (
        "orders_total >= 1000", ("A1", "A2", "A3"), Decimal(2000), None,
    )  # fmt: skip
    assert [ten.code_of(7), voucher.code_of(2)] == ["AUTUMN10", "A3"]


def test_a_kept_table_is_the_same():
    assert offers_of(table().to_document()) == table()


def test_a_day_that_ends_it_is_still_part_of_it_where_the_shop_is():
    ten, voucher = table().rows
    zone = "America/New_York"

    def standing(offer, text):
        return offer.standing(dt.datetime.fromisoformat(text), zone)

    assert standing(ten, "2026-03-01T04:59:00+00:00") == "not yet"
    assert standing(ten, "2026-03-01T05:00:00+00:00") == "open"
    assert standing(ten, "2026-03-16T03:59:00+00:00") == "open"
    assert standing(ten, "2026-03-16T04:00:00+00:00") == "over"
    assert standing(voucher, "2026-03-15T21:59:00+00:00") == "open"
    assert standing(voucher, "2026-03-15T22:00:00+00:00") == "over"


def test_what_templates_see_ends_on_its_last_day():
    seen = shown(table().rows[0], "autumn.ten_off", "AUTUMN10", "EUR", "Europe/Berlin")
    assert (seen["id"], seen["code"], seen["value"], seen["until"]) == (
        "autumn.ten_off", "AUTUMN10", "5", "2026-03-15T22:59:59+00:00",
    )  # fmt: skip


def test_ranking_is_by_priority_then_by_what_the_person_brings_then_by_place():
    some = [Candidate("a", 0, 0, 5.0), Candidate("b", 1, 0, 9.0), Candidate("c", 2, 1), Candidate("d", 3, 0)]
    assert ranked(some) == ranked(list(reversed(some))) == ["c", "b", "a", "d"]
    assert ranked([]) == []


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        (("limit: 500", "limmit: 500"), 11, "limmit"),
        (("value: 5\n", "value: -5\n"), 7, "not an amount"),
        (("value: 20.50", "value: 1e15"), 16, "not an amount"),
        (("until: 2026-03-15\n", "until: soon\n"), 10, "is no day or time"),
        (("until: 2026-03-15\n", "until: 2026-02-15\n"), 10, "before it begins"),
        (("id: voucher", "id: ten_off"), 13, "twice"),
        (("[A1, A2, A3]", "[A1, A2, A1]"), 15, "number 3"),
        (("codes: [A1, A2, A3]", "codes: ../secrets.txt"), 15, "not beside"),
        (("codes: [A1, A2, A3]", "codes: nowhere.txt"), 15, "cannot be read"),
        (("words: A voucher.", "words: '{{ name }}'"), 14, "no template"),
        (("https://", "http://"), 23, "https"),
        (("currency: EUR", "currency: euros"), 2, "not a currency"),
        (("offers: autumn", "offers: Autumn!"), 1, "no name"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(change, line, said):
    assert change[0] in TEXT
    with pytest.raises(DefinitionError) as error:
        table(TEXT.replace(*change, 1))
    assert said in str(error.value)
    assert error.value.place.line == line


def test_codes_come_from_a_file_beside_the_document(tmp_path):
    (tmp_path / "codes.txt").write_text("# one a line\nX-1\n\nX-2\n", encoding="utf-8")
    text = TEXT.replace("[A1, A2, A3]", "codes.txt")
    assert table(text, str(tmp_path / "offers.yaml")).rows[1].codes == ("X-1", "X-2")
