"""How tables are read: values, missing columns, wrong types, empty files, one row."""

import pytest
from tests.sources.exports.made import made_of

from segmentary.sources.exports.opening import opened_exports
from segmentary.sources.exports.tables import Part, Row, Table, Vendor, Words, first_of, flag, pieces, plain
from segmentary.sources.exports.vendor import VendorExport, flat, time_text, value_of

MEMBERS = "id,list_id,_fivetran_synced,email_address,ip_signup,member_rating,status,timestamp_signup,last_changed,hobby"


def row(**values):
    return Row({plain(name): name for name in values}, values)


def test_values():
    assert value_of("a|b", row(a=" ", b="x")) == "x"
    assert value_of("=constant", row()) == "constant"
    assert value_of("{a}/{b}", row(a="1", b="2")) == "1/2"
    assert value_of("{a}/{b}", row(a="1", b="NULL")) is None
    assert value_of(Words("a", {"yes": "true"}, otherwise="same"), row(a="Perhaps")) == "Perhaps"
    assert value_of(Words("a", {}, missing="none"), row(a=None)) == "none"
    assert flag("a", when="no")(row(a="FALSE")) == "true"
    assert flag("a")(row(a="")) is None
    assert list(pieces("a")(row(a="7:1661; 8 ;7"))) == ["7", "8"]
    assert first_of("a")(row(a="")) is None


def test_times():
    assert time_text("1672914000000") == "2023-01-05T10:20:00Z"
    assert time_text("2026-01-05 10:11:12.5 UTC") == "2026-01-05T10:11:12.5Z"
    assert time_text("2026-01-05") == "2026-01-05"
    assert time_text("yesterday") == "yesterday"
    assert time_text(None) is None


def test_nested_records_are_flat():
    assert flat({"a": {"b": {"c": 1}}, "d": [], "e": [{"f": 1}]}) == {"a.b.c": 1, "d": None, "e": '[{"f": 1}]'}


@pytest.fixture
def members(tmp_path):
    def write(*lines, header=MEMBERS):
        path = tmp_path / "a.csv"
        path.write_text("\n".join([header, *lines]) + "\n")
        return path

    return write


def test_one_row_and_what_is_kept(members):
    rows = made_of(members("m1,l1,x,a@example.org,1.2.3.4,2,subscribed,2026-01-01 10:00:00,2026-02-01 10:00:00,chess"))
    (member,) = rows["members"]
    assert member["hobby"] == "chess"
    assert not {"ip_signup", "1.2.3.4", "x"} & {*member, *map(str, member.values())}
    (consent,) = rows["consents"]
    assert (consent["granted"], consent["happened_at"]) == ("true", "2026-02-01T10:00:00")


def test_a_word_nobody_knows_refuses_the_row(members):
    rows = made_of(members("m1,l1,x,a@example.org,,2,dancing,2026-01-01,,"))
    assert rows["rejected"] == [{"row_number": 1, "reason": "status 'dancing' is not known"}]
    assert "members" not in rows or not rows["members"]


def test_without_a_status_there_is_no_decision(members):
    rows = made_of(members("m1,l1,x,a@example.org,,2,,2026-01-01,,"))
    assert [len(rows.get(name, [])) for name in ("members", "consents")] == [1, 0]


def test_an_empty_file_is_known_by_its_columns(members):
    (part,) = opened_exports(members(), name=None, table=None, tag_of=lambda source: "")
    assert part.name == "mailchimp_members"
    assert part.read().read_all().num_rows == 0
    assert part.proposal.questions == ()


def test_without_a_column_it_needs_it_is_another_file(members):
    (part,) = opened_exports(members("m1,l1", header="id,list_id"), name=None, table=None, tag_of=lambda source: "")
    assert not hasattr(part, "export_part")


def test_several_rows_of_one(tmp_path):
    class Clubs(VendorExport):
        name, title, form = "clubs", "Clubs", "table"
        vendor = Vendor("clubs", "Clubs", "club", (
            Table("club", "clubs", "club members", (
                Part("members", "relations", {"record_id": "each", "to_id": "club"}, many=pieces("members")),
            ), aside="a club without members"),
        ))  # fmt: skip

    from segmentary.sources.exports.raw import RawFile
    from segmentary.sources.exports.translation import Translation
    from segmentary.sources.open import open_source

    (tmp_path / "a.csv").write_text("club,members\nA,1;2;1\nB,\n")
    account = Translation(RawFile(open_source(tmp_path / "a.csv")[0]), Clubs()).account
    assert account.made["members"] == 2
    assert account.set_aside == [(2, "a club without members")]
