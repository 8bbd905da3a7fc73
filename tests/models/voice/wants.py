"""Labelled texts of three intents."""

STEMS = {
    "where": ("where is my parcel", "my parcel has not arrived", "when will my delivery come"),
    "cancel": ("please cancel my order", "I want to cancel the contract", "how can I end my contract"),
    "pay": ("can I pay by card", "which ways to pay are there", "is paying by invoice possible"),
}
ENDS = ("", " please", " today", " for me", " thank you", " now", " again", " at all")


def labelled():
    pairs = [(stem + end, label) for label, stems in STEMS.items() for stem in stems for end in ENDS]
    return [text for text, _ in pairs], [label for _, label in pairs]
