"""Words people use in a chat, by language: yes, no, rather not, a person please, goodbye, numbers, complaints.

English and German here; a bot in another language brings its own (``words:`` of its document).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable


def words_in(text: str) -> frozenset[str]:
    """Return words written one after the other."""
    return frozenset(text.split())


def phrases(text: str) -> tuple[str, ...]:
    """Return phrases written one after the other with commas between."""
    return tuple(" ".join(one.split()) for one in text.split(",") if one.strip())


CLEAR_YES = frozenset(
    phrases(
        "yes, y, yeah, yep, yup, yes please, yes i do, yes i agree, i agree, agreed, i do, i consent, sure, of course,"
        "absolutely, definitely, certainly, ok, okay, go ahead, please do, correct, that is right, that's right, right,"
        "ja, ja bitte, ja gerne, jawohl, klar, gern, gerne, natürlich, einverstanden, in ordnung, stimmt, oui,"
        "d'accord, si, sí, claro"
    )
)
CLEAR_NO = frozenset(
    phrases(
        "no, n, nope, nah, no thanks, no thank you, not now, never, i don't, i do not, don't, do not, no way,"
        "please don't, please do not, no i don't, wrong, cancel, nein, nein danke, nö, niemals, lieber nicht, falsch,"
        "abbrechen, non, non merci, nunca"
    )
)
RATHER_NOT = phrases(
    "rather not say, prefer not to say, prefer not, rather not, i'd rather not, don't want to say, do not want to say,"
    "don't want to answer, none of your business, not telling, skip, skip this, pass, no comment, keine angabe,"
    "möchte ich nicht sagen, will ich nicht sagen, lieber nicht, überspringen, geht dich nichts an"
)
A_PERSON = phrases(
    "human, a person, real person, speak to someone, talk to someone, speak to somebody, talk to somebody, agent,"
    "an employee, customer service, representative, operator, live chat, mensch, mitarbeiter, mitarbeiterin, berater,"
    "kundendienst, kundenservice, echte person"
)
GOODBYE = phrases(
    "bye, goodbye, good bye, that's all, that is all, nothing else, see you, tschüss, auf wiedersehen, ciao"
)
SMALL_TALK = {
    "hello": phrases(
        "hi, hello, hey, good morning, good afternoon, good evening, hallo, guten tag, guten morgen, moin"
    ),
    "welcome": phrases("thanks, thank you, thx, cheers, great, perfect, danke, vielen dank, super"),
    "who_am_i": phrases("are you a bot, are you human, are you a human, are you real, who are you, bist du ein bot"),
}
"""What is said without wanting anything, by the answer to it."""
NO_CONTACT = phrases(
    "unsubscribe, stop writing me, stop writing to me, stop emailing me, stop e-mailing me, stop mailing me,"
    "stop contacting me, don't contact me, do not contact me, don't write to me, do not write to me, no more emails,"
    "no more e-mails, no more newsletters, no newsletter, stop sending me, take me off your list,"
    "remove me from your list,"
    "opt me out, opt out, withdraw my consent, revoke my consent, keine werbung, newsletter abbestellen, abmelden,"
    "nicht mehr schreiben, keine mails mehr, keine e-mails mehr"
)
COMPLAINT = phrases(
    "complaint, i want to complain, this is unacceptable, unacceptable, outrageous, ridiculous, worst service,"
    "terrible,"
    "awful, furious, angry, disgusting, rip off, scam, lawyer, useless, beschwerde, unverschämt, frechheit, unmöglich,"
    "wütend, sauer, anwalt, katastrophe"
)
NUMBER_WORDS = {
    word: number
    for number, words in enumerate(
        (
            "zero null none", "one eins ein", "two zwei", "three drei", "four vier",
            "five fünf", "six sechs", "seven sieben", "eight acht eighth", "nine neun ninth",
            "ten zehn tenth", "eleven elf", "twelve zwölf", "thirteen dreizehn", "fourteen vierzehn",
            "fifteen fünfzehn", "sixteen sechzehn", "seventeen siebzehn", "eighteen achtzehn", "nineteen neunzehn",
        )
    )
    for word in words.split()
}  # fmt: skip
ORDINALS = {
    word: place
    for place, words in enumerate(
        ("first erste", "second zweite", "third dritte", "fourth vierte", "fifth fünfte", "sixth"), start=1
    )
    for word in words.split()
}
TENS = {
    word: 10 * tens
    for tens, words in {
        2: "twenty zwanzig", 3: "thirty dreißig", 4: "forty fourty vierzig", 5: "fifty fünfzig", 6: "sixty sechzig",
        7: "seventy siebzig", 8: "eighty achtzig", 9: "ninety neunzig",
    }.items()
    for word in words.split()
}  # fmt: skip
TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*", re.UNICODE)
CLITIC = re.compile(r"(?<=what|here|that)'s\b|(?<=it|he)'s\b|(?<=who|how)'s\b|(?<=when)'s\b")
NUMBER = re.compile(r"(?<![\w.,])-?\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w])|(?<![\w.,])-?\d+(?:[.,]\d+)?(?![\w])")


def folded(text: str) -> str:
    """Return text as it is compared: lower case, straight apostrophes, single blanks, no marks at the ends."""
    text = unicodedata.normalize("NFKC", text).replace("\u2019", "'").lower()
    text = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text)
    return " ".join(text.split()).strip(" .!?,;:-\"'()")


def tokens(text: str) -> list[str]:
    """Return the words of a text, folded; ``what's`` is two."""
    return TOKEN.findall(CLITIC.sub(" is", folded(text)))


def says(text: str, wanted: Iterable[str]) -> str:
    """Return the first of some phrases that a text has as whole words; empty: none.

    >>> says("Please let me talk to a real person!", ("real person", "agent"))
    'real person'
    """
    told = f" {' '.join(tokens(text))} "
    for phrase in wanted:
        spoken = " ".join(tokens(phrase))
        if spoken and f" {spoken} " in told:
            return phrase
    return ""


def numbers(text: str) -> list[float]:
    """Return the numbers of a text, figures and words.

    >>> numbers("thirty-five, maybe 40"), numbers("I am twenty one"), numbers("1,200.50")
    ([35.0, 40.0], [21.0], [1200.5])
    """
    found: list[tuple[int, float]] = []
    lowered = unicodedata.normalize("NFKC", text).lower()
    for match in NUMBER.finditer(lowered):
        raw = match[0]
        thousands = re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", raw)
        found.append((match.start(), float(raw.replace(",", "" if thousands else "."))))
    pending: tuple[int, int] | None = None
    for match in re.finditer(r"[^\W\d_]+", lowered):
        word = match[0]
        if word in TENS:
            pending = (match.start(), TENS[word])
            found.append((match.start(), float(TENS[word])))
        elif word in NUMBER_WORDS:
            if pending is not None and NUMBER_WORDS[word] < 10:
                found[-1] = (pending[0], float(pending[1] + NUMBER_WORDS[word]))
            else:
                found.append((match.start(), float(NUMBER_WORDS[word])))
            pending = None
        else:
            pending = None
    return [number for _, number in sorted(found)]
