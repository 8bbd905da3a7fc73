"""What every bot can say without anybody writing it: each text can be replaced in the bot's ``answers``."""

from __future__ import annotations

STANDING: dict[str, str] = {
    "greeting": "Hello! How can I help?",
    "sorry": "I am not sure I understood that. Could you say it in other words?",
    "clarify": "Did you mean one of these?",
    "no_answer": "I have no answer to that yet. Shall I get a colleague?",
    "again": "I did not get that. You can tap one of these, or say that you would rather not answer.",
    "again_free": "I did not get that. You can also say that you would rather not answer.",
    "declined": "No problem, I will not ask that again.",
    "thanks": "Thank you, I have noted that.",
    "confirm_again": "Please answer with a clear yes or no: shall I do that?",
    "cancelled": "All right, nothing was done.",
    "consent_yes": "Thank you. You can take that back here at any time.",
    "consent_no": "Understood. We will not use it, and I will not ask again.",
    "consent_unclear": "I only take a clear yes as a yes, so nothing has changed.",
    "refused": "Done: you will get no more messages of that kind from us.",
    "refused_unknown": "I cannot see who you are here. The link at the end of every mail ends them at once.",
    "unverified": "To see anything about you I need to know that it is you. Please sign in first.",
    "verify": "To see anything about you I need to know that it is you. Which e-mail address do you use with us?",
    "verify_sent": "If that address is known to us, a code is on its way to it. Please type it here.",
    "verify_wrong": "That code is not right, or too old. You can ask for a new one.",
    "verified": "Thank you, now I know that it is you.",
    "no_facts": "I cannot see that in your record right now.",
    "hand_over": "I am passing this on to a colleague, who sees what we wrote. One moment, please.",
    "hand_over_closed": "My colleagues are not there right now. They see what we wrote and answer when they are back.",
    "goodbye": "Thank you for the chat. Goodbye!",
    "silent": "I have not heard from you for a while, so I am closing this chat. Write again at any time.",
    "over": "This chat has ended. Please start a new one.",
    "too_long": "That is more than I can read at once. Could you say it shorter?",
}
