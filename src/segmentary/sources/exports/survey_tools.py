"""The files of Qualtrics, SurveyMonkey, Typeform, LimeSurvey and Google Forms."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from segmentary.sources.exports.export import Raw, Record
from segmentary.sources.exports.survey import Layout, SurveyExport, embedded, laid_out, order_of, text_of
from segmentary.sources.exports.tables import plain

LEFT = ""
"""Addresses of the internet, places guessed from them, and numbers of the tool's own are not kept."""


def spelt(names: Mapping[str, str], raw: Raw) -> dict[str, str]:
    """Return column -> meaning of those columns of a file that are known by their plain names."""
    wanted = {plain(name): meaning for name, meaning in names.items()}
    return {column: wanted[plain(column)] for column in raw.names if plain(column) in wanted}


class Qualtrics(SurveyExport):
    """Qualtrics: three rows of headings: names, wordings, and what the program calls them."""

    name = "qualtrics"
    title = "Qualtrics"
    known: Mapping[str, str] = {
        "StartDate": "started_at", "EndDate": LEFT, "Status": "response_type", "IPAddress": LEFT,
        "Progress": "progress", "Duration (in seconds)": "duration_seconds", "Finished": "finished",
        "RecordedDate": LEFT, "ResponseId": LEFT, "RecipientLastName": "last_name", "RecipientFirstName": "first_name",
        "RecipientEmail": "email", "ExternalReference": "customer", "ExternalDataReference": "customer",
        "LocationLatitude": LEFT, "LocationLongitude": LEFT, "DistributionChannel": "distribution_channel",
        "UserLanguage": "language",
    }  # fmt: skip
    tests = ("survey preview", "survey test", "preview", "test", "spam", "1", "2", "8", "9", "12")

    def layout(self, raw: Raw) -> Layout | None:
        """Return the layout: the third row names the questions."""
        if len(raw.head) < 2:
            return None
        ids = {name: import_id(raw.head[1].get(name)) for name in raw.names}
        if sum(1 for one in ids.values() if one) < 0.8 * len(raw.names) or "_recordId" not in ids.values():
            return None
        wording = raw.head[0]
        known = spelt(self.known, raw)
        by_id = {one: name for name, one in ids.items()}
        asked = [
            (name, name, str(wording.get(name) or name))
            for name in raw.names
            if name not in known and re.search(r"QID\d", ids[name])
        ]
        columns = {column for column, _, _ in asked}
        known |= {name: embedded(name) for name in raw.names if name not in known and name not in columns}
        return laid_out(
            asked,
            known=known,
            respondent=by_id["_recordId"],
            answered=[by_id[one] for one in ("recordedDate", "endDate") if one in by_id],
            rows=raw.head[2:],
            headings=2,
            timezone=zone_of(raw.head[1]),
            missing=("-99",),
            opened={name for name, one in ids.items() if one.endswith("_TEXT")},
        )

    def why(self, layout: Layout) -> str:
        """Say by what it was recognised."""
        return f"the second and third row are headings of Qualtrics: {len(layout.questions)} questions"

    def refusal(self, record: Record) -> str:
        """Refuse previews, tests and spam."""
        status = (text_of(record, "Status") or "").lower()
        return f"no answer of a respondent but a test ({record.get('Status')})" if status in self.tests else ""


def import_id(cell: object) -> str:
    """Return the id in a heading of Qualtrics, "" where there is none."""
    text = str(cell or "")
    if not text.startswith("{"):
        return ""
    try:
        told = json.loads(text)
    except json.JSONDecodeError:
        return ""
    return str(told.get("ImportId", "")) if isinstance(told, dict) else ""


def zone_of(row: Record) -> str:
    """Return the time zone in the headings."""
    found = re.search(r'"timeZone"\s*:\s*"([A-Za-z_]+(?:/[A-Za-z_+-]+)*)"', " ".join(str(v) for v in row.values()))
    return found[1] if found and found[1] not in ("Z", "UTC") else "UTC" if found else ""


class SurveyMonkey(SurveyExport):
    """SurveyMonkey: two rows of headings: questions, and their choices."""

    name = "surveymonkey"
    title = "SurveyMonkey"
    known: Mapping[str, str] = {
        "Respondent ID": LEFT, "Collector ID": "collector", "Start Date": LEFT, "End Date": LEFT,
        "Date Created": LEFT, "Date Modified": LEFT, "IP Address": LEFT, "Email Address": "email",
        "First Name": "first_name", "Last Name": "last_name", "Custom Data": "customer", "Custom Data 1": "customer",
        "Custom Value": "customer", "Language": "language", "Response Status": "response_status",
    }  # fmt: skip

    def layout(self, raw: Raw) -> Layout | None:
        """Return the layout: unnamed columns belong to the question before them."""
        known = spelt(self.known, raw)
        plainly = {plain(name): name for name in raw.names}
        if not {"respondentid", "collectorid"} <= plainly.keys() or not raw.head:
            return None
        choices = raw.head[0]
        if text_of(choices, plainly["respondentid"]) is not None:
            return None
        asked, question = [], ""
        for name in raw.names:
            if name in known:
                continue
            if not re.fullmatch(r"column_\d+", name):
                question = re.sub(r"_\d+$", "", name) if name.rstrip("_0123456789") == question else name
            choice = text_of(choices, name) or "Response"
            single = choice in ("Response", "Open-Ended Response")
            item = question if single else f"{question}: {choice}"
            asked.append((name, item, item))
        times = [plainly[one] for one in ("enddate", "datemodified", "startdate", "datecreated") if one in plainly]
        told = [text for row in raw.head[1:] for one in times if (text := text_of(row, one))]
        return laid_out(
            asked,
            known=known,
            respondent=plainly["respondentid"],
            answered=times,
            rows=raw.head[1:],
            headings=1,
            order=order_of(told, "month_first"),
        )

    def why(self, layout: Layout) -> str:
        """Say by what it was recognised."""
        return (
            f"respondents, collectors and a second row of choices are SurveyMonkey's: {len(layout.questions)} columns"
        )


class Typeform(SurveyExport):
    """Typeform: wordings as headings, answers between the token and the dates."""

    name = "typeform"
    title = "Typeform"
    known: Mapping[str, str] = {
        "Response Type": "response_type", "Start Date (UTC)": "started_at", "Stage Date (UTC)": LEFT,
        "Submit Date (UTC)": LEFT, "Network ID": LEFT, "Tags": "typeform_tags", "Ending": "ending", "Score": "score",
        "Outcome": "outcome",
    }  # fmt: skip

    def layout(self, raw: Raw) -> Layout | None:
        """Return the layout: hidden fields are single words, questions are sentences."""
        known = spelt(self.known, raw)
        plainly = {plain(name): name for name in raw.names}
        submitted = plainly.get("submitdateutc") or plainly.get("submitdate")
        if raw.names[:1] != ("#",) or submitted is None:
            return None
        hidden = {n: embedded(n) for n in raw.names[1:] if n not in known and re.fullmatch(r"[a-z0-9_.-]+", n)}
        known |= {"#": LEFT} | hidden
        asked = [(name, name, name) for name in raw.names if name not in known]
        started = plainly.get("startdateutc") or plainly.get("startdate") or ""
        return laid_out(
            asked, known=known, respondent="#", answered=[submitted, started], rows=raw.head, timezone="UTC"
        )

    def why(self, layout: Layout) -> str:
        """Say by what it was recognised."""
        return "the columns #, Start Date (UTC) and Submit Date (UTC) are Typeform's"


class LimeSurvey(SurveyExport):
    """LimeSurvey: codes, wordings, or both as headings."""

    name = "limesurvey"
    title = "LimeSurvey"
    numbered = True
    known: Mapping[str, str] = {
        "id": LEFT, "Response ID": LEFT, "submitdate": LEFT, "Date submitted": LEFT, "lastpage": "last_page",
        "Last page": "last_page", "startlanguage": "language", "Start language": "language", "seed": LEFT, "Seed": LEFT,
        "token": "token", "Access code": "token", "startdate": "started_at", "Date started": "started_at",
        "datestamp": LEFT, "Date last action": LEFT, "ipaddr": LEFT, "IP address": LEFT, "refurl": LEFT,
        "Referrer URL": LEFT, "firstname": "first_name", "First name": "first_name", "lastname": "last_name",
        "Last name": "last_name", "email": "email", "Email address": "email", "interviewtime": "duration_seconds",
        "Total time": "duration_seconds",
    }  # fmt: skip

    def layout(self, raw: Raw) -> Layout | None:
        """Return the layout: a code may stand before the wording."""
        meaning = {plain(word): name for word, name in self.known.items()}
        coded = {name: code_of(name) for name in raw.names}
        known = {n: meaning[plain(code)] for n, (code, _) in coded.items() if plain(code) in meaning}
        names = {plain(code): name for name, (code, _) in coded.items()}
        if not ({"lastpage"} & names.keys() and {"startlanguage"} & names.keys()):
            return None
        known |= {n: LEFT for n in raw.names if re.search(r"Time$", n) and "interviewtime" in names and n not in known}
        asked = [(name, *coded[name]) for name in raw.names if name not in known]
        own = next((names[one] for one in ("id", "responseid") if one in names), "")
        times = [names[one] for one in ("submitdate", "datesubmitted", "datestamp", "datelastaction", "startdate",
                                        "datestarted") if one in names]  # fmt: skip
        return laid_out(asked, known=known, respondent=own, answered=times, rows=raw.head, missing=("N/A",))

    def why(self, layout: Layout) -> str:
        """Say by what it was recognised."""
        return f"the last page and the start language are LimeSurvey's: {len(layout.questions)} questions"


def code_of(name: str) -> tuple[str, str]:
    """Return the code and the wording of a heading.

    Examples
    --------
    >>> code_of("G01Q02[SQ001]. What do you use? [Web]"), code_of("Last page")
    (('G01Q02[SQ001]', 'What do you use? [Web]'), ('Last page', 'Last page'))
    """
    found = re.fullmatch(r"([A-Za-z]\w*(?:\[[\w-]+\])*)\. (.+)", name, re.S)
    return (found[1], found[2].strip()) if found else (name, name)


class GoogleForms(SurveyExport):
    """Google Forms: a time stamp, and wordings as headings."""

    name = "google_forms"
    title = "Google Forms"
    stamps = frozenset(("timestamp", "zeitstempel", "horodateur", "marcatemporal", "informazionicronologiche"))
    known: Mapping[str, str] = {"Email Address": "email", "E-Mail-Adresse": "email", "Username": "email",
                                "Score": "score"}  # fmt: skip

    def layout(self, raw: Raw) -> Layout | None:
        """Return the layout; None where dates can be read in two ways, which a person must then decide."""
        if len(raw.names) < 2 or plain(raw.names[0]) not in self.stamps:
            return None
        known = spelt(self.known, raw) | {raw.names[0]: LEFT}
        asked = [(name, name, name) for name in raw.names if name not in known]
        worded = [name for name, _, _ in asked if name.rstrip().endswith(("?", "]", ":")) or len(name.split()) >= 4]
        order = order_of([text for row in raw.head if (text := text_of(row, raw.names[0]))], "")
        if not order or not any(n.rstrip().endswith("?") for n in worded) or len(worded) < 0.5 * len(asked):
            return None
        return laid_out(asked, known=known, respondent="", answered=[raw.names[0]], rows=raw.head, order=order)

    def why(self, layout: Layout) -> str:
        """Say by what it was recognised."""
        return f"a time stamp stands before {len(layout.questions)} questions, as in Google Forms"
