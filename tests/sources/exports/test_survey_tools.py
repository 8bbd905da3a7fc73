"""Files of survey tools: headings, questions, customers, tests; addresses of the internet are never kept."""

import pytest
from tests.sources.exports.made import made_of

from segmentary.sources.exports.survey import iso_moment, order_of

QUALTRICS = """StartDate,EndDate,Status,IPAddress,Progress,Duration (in seconds),Finished,RecordedDate,ResponseId,\
RecipientEmail,ExternalReference,Q1,Q2_1,Q2_2,Q3,plan
Start Date,End Date,Response Type,IP Address,Progress,Duration (in seconds),Finished,Recorded Date,Response ID,\
Recipient Email,External Data Reference,"How satisfied, overall?",Use - Web,Use - App,Why?,plan
"{""ImportId"":""startDate"",""timeZone"":""Europe/Berlin""}","{""ImportId"":""endDate""}","{""ImportId"":""status""}",\
"{""ImportId"":""ipAddress""}","{""ImportId"":""progress""}","{""ImportId"":""duration""}","{""ImportId"":""finished""}",\
"{""ImportId"":""recordedDate""}","{""ImportId"":""_recordId""}","{""ImportId"":""recipientEmail""}",\
"{""ImportId"":""externalDataReference""}","{""ImportId"":""QID1""}","{""ImportId"":""QID2"",""choiceId"":""1""}",\
"{""ImportId"":""QID2"",""choiceId"":""2""}","{""ImportId"":""QID3_TEXT""}","{""ImportId"":""plan""}"
2026-03-01 10:00:00,2026-03-01 10:05:00,IP Address,1.2.3.4,100,300,True,2026-03-01 10:05:01,R_1,a@example.org,C-17,\
5,Web,,"Quick, and friendly",gold
2026-03-01 11:00:00,2026-03-01 11:05:00,Survey Preview,1.2.3.4,100,300,True,2026-03-01 11:05:01,R_2,,,1,,App,test,
2026-03-02 11:00:00,2026-03-02 11:05:00,IP Address,1.2.3.4,60,30,False,2026-03-02 11:05:01,R_3,,,-99,,App,,silver
"""
SURVEYMONKEY = """Respondent ID,Collector ID,Start Date,End Date,IP Address,Email Address,Custom Data 1,\
How likely are you to recommend us?,What do you use?,,,What could be better?
,,,,,,,Response,Web,App,Other (please specify),Open-Ended Response
1,4,01/15/2026 10:22:33 AM,01/15/2026 10:25:00 PM,1.2.3.4,b@example.org,,9,Web,,,Faster delivery would help me a lot
2,4,01/02/2026 10:22:33 AM,01/02/2026 10:25:00 AM,1.2.3.4,,C-9,3,,App,fax,
"""
TYPEFORM = """#,How did you hear of us?,What matters most to you?,customer_id,Response Type,Start Date (UTC),\
Submit Date (UTC),Network ID,Tags
abc1,Friend,Price and a fair service,C-17,completed,2026-01-02 10:00:00,2026-01-02 10:03:00,ffee,vip
"""
LIMESURVEY = """"id. Response ID","submitdate. Date submitted","lastpage. Last page","startlanguage. Start language",\
"token. Access code","ipaddr. IP address","G01Q01. How satisfied are you?","G01Q02[SQ001]. What do you use? [Web]"
1,"2026-01-02 10:03:00",3,en,tok1,1.2.3.4,4,Yes
2,,1,de,,1.2.3.4,N/A,No
"""
GOOGLE = """Timestamp,Email Address,How satisfied are you?,What do you like? [Price],Anything else to tell us?
2026/01/15 10:22:33 AM GMT+1,a@example.org,4,Yes,More colours would be lovely
2026/01/16 10:22:33 PM GMT+1,,2,No,
"""


def written(folder, text):
    path = folder / "a.csv"
    path.write_text(text)
    return made_of(path)


def test_qualtrics(tmp_path):
    rows = written(tmp_path, QUALTRICS)
    (known,) = rows["customers"]
    assert (known["record_id"], known["email"], known["plan"]) == ("C-17", "a@example.org", "gold")
    assert (known["Q1"], known["Q2_1"], known["Q3"]) == ("5", "Web", "Quick, and friendly")
    (other,) = rows[""]
    assert (other["record_id"], other["finished"], other["Q2_2"]) == ("R_3", "False", "App")
    assert {each["reference_id"]: (each["wording"], each["answers"]) for each in rows["questions"]} == {
        "Q1": ("How satisfied, overall?", "number"), "Q2_1": ("Use - Web", "choice"),
        "Q2_2": ("Use - App", "choice"), "Q3": ("Why?", "open"),
    }  # fmt: skip
    assert [each["reason"] for each in rows["rejected"]] == [
        "set aside: a row of headings", "no answer of a respondent but a test (Survey Preview)",
    ]  # fmt: skip


def test_surveymonkey(tmp_path):
    rows = written(tmp_path, SURVEYMONKEY)
    (one,) = rows[""]
    assert one["answered_at"] == "2026-01-15T22:25:00"
    assert one["What do you use?: Web"] == "Web"
    assert one["How likely are you to recommend us?"] == "9"
    assert rows["customers"][0]["record_id"] == "C-9"
    assert {each["reference_id"]: each["answers"] for each in rows["questions"]}["What could be better?"] == "open"


def test_typeform(tmp_path):
    rows = written(tmp_path, TYPEFORM)
    (one,) = rows["customers"]
    assert (one["record_id"], one["typeform_tags"], one["How did you hear of us?"]) == ("C-17", "vip", "Friend")
    assert {each["reference_id"] for each in rows["questions"]} == {
        "How did you hear of us?", "What matters most to you?"}  # fmt: skip


def test_limesurvey(tmp_path):
    rows = written(tmp_path, LIMESURVEY)
    assert [(each["record_id"], each["G01Q02[SQ001]"]) for each in rows[""]] == [("1", "Yes"), ("2", "No")]
    assert rows["questions"][1]["wording"] == "What do you use? [Web]"


def test_google_forms(tmp_path):
    rows = written(tmp_path, GOOGLE)
    assert [each["answered_at"] for each in rows[""]] == ["2026-01-15T10:22:33+01:00", "2026-01-16T22:22:33+01:00"]
    assert len({each["record_id"] for each in rows[""]}) == 2


@pytest.mark.parametrize("text", [QUALTRICS, SURVEYMONKEY, TYPEFORM, LIMESURVEY, GOOGLE])
def test_addresses_of_the_internet_are_never_kept(tmp_path, text):
    rows = written(tmp_path, text)
    assert "1.2.3.4" not in str(rows)
    assert "ffee" not in str(rows)


def test_dates_that_can_be_read_in_two_ways_are_left_to_a_person(tmp_path):
    (tmp_path / "a.csv").write_text(GOOGLE.replace("2026/01/15", "1/2/2026").replace("2026/01/16", "1/3/2026"))
    with pytest.raises(AssertionError):
        made_of(tmp_path / "a.csv")


def test_moments():
    assert order_of(["1/2/2026", "13/2/2026"], "") == "day_first"
    assert order_of(["1/2/2026"], "month_first") == "month_first"
    assert iso_moment("13.02.2026 09:05", "day_first") == "2026-02-13T09:05:00"
    assert iso_moment("31/31/2026", "day_first") == "31/31/2026"
    assert iso_moment(None, "iso") is None
