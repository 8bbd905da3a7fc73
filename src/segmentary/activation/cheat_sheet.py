"""The names of the Liquid that messages may use: what `dialect` registers, told to people without loading it."""

from __future__ import annotations

TAGS = (
    "if", "elsif", "else", "endif", "unless", "endunless", "case", "when", "endcase", "for", "endfor", "break",
    "continue", "assign", "capture", "endcapture", "cycle", "comment", "endcomment", "raw", "endraw",
)  # fmt: skip
FILTERS = (
    "abs", "append", "at_least", "at_most", "capitalize", "ceil", "compact", "concat", "date", "default",
    "divided_by", "downcase", "escape", "first", "floor", "join", "last", "lstrip", "map", "minus", "modulo", "money",
    "newline_to_br", "number", "percent", "plus", "prepend", "remove", "remove_first", "replace", "replace_first",
    "reverse", "round", "rstrip", "size", "slice", "sort", "split", "squish", "strip", "strip_html", "strip_newlines",
    "sum", "times", "truncate", "truncatewords", "uniq", "upcase", "url_encode", "where",
)  # fmt: skip
OFFER = ("id", "words", "code", "value", "currency", "from", "until", "products", "categories", "url")
SUGGESTION = ("item", "name", "reason", "list")
CAMPAIGN = ("name", "title")
SENDER = ("name", "address")
GIVEN = {
    "offer": OFFER,
    "suggestions": (),
    "campaign": CAMPAIGN,
    "sender": SENDER,
    "unsubscribe_url": (),
    "today": (),
}
"""What templates see beside traits, and the fields of each."""
ENDINGS = ("size", "first", "last")
"""What may stand behind any list."""
UNSUBSCRIBE = {
    "en": "Unsubscribe", "de": "Abmelden", "fr": "Se désabonner", "es": "Cancelar la suscripción",
    "it": "Annulla l'iscrizione", "nl": "Uitschrijven", "pl": "Wypisz się", "pt": "Cancelar subscrição",
    "sv": "Avsluta prenumerationen", "da": "Afmeld", "nb": "Meld av", "fi": "Peruuta tilaus", "cs": "Odhlásit odběr",
}  # fmt: skip
"""Words of the unsubscribe line by language."""
