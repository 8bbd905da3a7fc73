"""Interviews: who speaks, who asks, whose interview it is."""

import pytest

from segmentary.sources.open import open_source
from segmentary.sources.transcripts import is_transcript, roles

TEXT = """Interview: 7
Date: 2026-03-01
Participant: P03

Interviewer: How do you usually buy shoes?
P03: Mostly online. I compare prices first,
because shops near me are expensive.
Interviewer: And what annoys you?
P03: Returns. You have to print a label: nobody has a printer.
"""
VTT = """WEBVTT

00:00:01.000 --> 00:00:04.000
<v Eva Moderator>How was the service?</v>

00:00:05.000 --> 00:00:08.000
<v Ann>It was slow, and</v>

00:00:08.000 --> 00:00:10.000
<v Ann>nobody answered.</v>

00:00:11.000 --> 00:00:12.000
<v Eva Moderator>What would have helped?</v>

00:00:13.000 --> 00:00:15.000
<v Ann>A chat.</v>
"""
SRT = """1
00:00:01,000 --> 00:00:04,000
Moderator: How was it?

2
00:00:05,000 --> 00:00:08,000
P1: Slow.

3
00:00:08,000 --> 00:00:10,000
Moderator: Why?

4
00:00:11,000 --> 00:00:12,000
P1: No idea.
"""
MARKDOWN = """# Interview
**Customer:** C-17

**Interviewer:** What do you think of the app?

**Ann:** It is fine.

**Interviewer:** Anything missing?

**Ann:** A dark mode.
"""


def turns(folder, text, name):
    path = folder / name
    path.write_text(text)
    (delivery,) = open_source(path)
    return delivery.read().read_all().to_pylist()


def test_plain_text(tmp_path):
    rows = turns(tmp_path, TEXT, "talk.txt")
    assert [(each["speaker"], each["role"]) for each in rows] == [("Interviewer", "asks"), ("P03", "answers")] * 2
    assert {(each["interview"], each["participant"], each["date"]) for each in rows} == {("7", "P03", "2026-03-01")}
    assert rows[1]["text"].endswith("first,\nbecause shops near me are expensive.")
    assert rows[3]["text"] == "Returns. You have to print a label: nobody has a printer."


@pytest.mark.parametrize(
    ("text", "name", "speaker", "said", "starts"),
    [
        (VTT, "a.vtt", "Ann", "It was slow, and nobody answered.", "00:00:05.000"),
        (SRT, "a.srt", "P1", "Slow.", "00:00:05,000"),
        (MARKDOWN, "a.md", "Ann", "It is fine.", None),
    ],
)
def test_other_formats(tmp_path, text, name, speaker, said, starts):
    rows = turns(tmp_path, text, name)
    assert len(rows) == 4
    assert (rows[1]["speaker"], rows[1]["text"], rows[1]["starts"]) == (speaker, said, starts)
    assert [each["role"] for each in rows] == ["asks", "answers"] * 2


def test_the_interview_is_named_by_what_is_in_it_not_by_its_file(tmp_path):
    assert turns(tmp_path, SRT, "a.srt")[0]["interview"] == turns(tmp_path, SRT, "b.txt")[0]["interview"]


def test_who_asks():
    assert roles([("A", "How?"), ("B", "So."), ("A", "Why?"), ("B", "Because.")]) == {"A": "asks", "B": "answers"}
    assert set(roles([("A", "One."), ("B", "Two.")]).values()) == {"answers"}
    assert roles([("P01", "Sorry?"), ("I", "Well"), ("P01", "What?")])["P01"] == "answers"


@pytest.mark.parametrize("text", ["", "name: x\nport: 80\nhost: y\nuser: z\n", "a,b\n1,2\n", "Note: one\nNote: two\n"])
def test_other_texts_are_none(text):
    assert not is_transcript(text)


def test_a_readme_in_a_folder_is_no_data(tmp_path):
    (tmp_path / "README.md").write_text("# Data\nSource: us\n")
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    assert [delivery.origin.rpartition("/")[2] for delivery in open_source(tmp_path)] == ["a.csv"]
