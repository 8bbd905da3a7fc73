"""Interviews become messages: the questions out, the answers in; nobody is a customer unless the transcript says so."""

import pytest
from tests.sources.exports.made import made_of
from tests.sources.test_transcripts import MARKDOWN, TEXT, VTT

TABLE = """interview_id,speaker,timestamp,text
I-9,Interviewer,00:00:01,What is your job?
I-9,P11,00:00:05,I teach.
I-9,Interviewer,00:00:11,And the budget?
I-9,P11,00:00:15,"Small, sadly."
I-9,P11,00:00:16,
"""


def written(folder, text, name):
    path = folder / name
    path.write_text(text)
    return made_of(path)


def test_turns_are_messages(tmp_path):
    rows = written(tmp_path, TEXT, "a.txt")[""]
    assert [each["direction"] for each in rows] == ["out", "in"] * 2
    assert {(each["record_id"], each["conversation_id"], each["channel"]) for each in rows} == {
        ("P03", "7", "interview")}  # fmt: skip


def test_a_table_of_turns(tmp_path):
    rows = written(tmp_path, TABLE, "a.csv")
    assert [(each["record_id"], each["direction"]) for each in rows[""]] == [("P11", "out"), ("P11", "in")] * 2
    assert rows["rejected"] == [{"row_number": 5, "reason": "set aside: nothing is said in it"}]


def test_a_customer_is_one_where_the_transcript_says_so(tmp_path):
    rows = written(tmp_path, MARKDOWN, "a.md")
    assert {each["record_id"] for each in rows["customers"]} == {"C-17"}


@pytest.mark.parametrize("text", [VTT])
def test_who_is_not_named_is_the_interview(tmp_path, text):
    rows = written(tmp_path, text, "a.vtt")[""]
    assert {each["record_id"] for each in rows} == {rows[0]["conversation_id"]}
