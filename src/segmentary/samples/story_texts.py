"""What the made-up people of the story say: tickets by plan, posts, one interview; and what they are called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

FIRST = ("Ada", "Bela", "Cem", "Dora", "Emil", "Fatma", "Gero", "Hanna", "Ilka", "Jonas", "Kaja", "Levi", "Mina",
         "Nils", "Olga", "Pavel", "Rosa", "Selim", "Tilda", "Vera")  # fmt: skip
LAST = ("Adler", "Brandt", "Celik", "Dorn", "Ernst", "Falk", "Graf", "Hahn", "Ivers", "Jung", "Kern", "Lang", "Maas",
        "Nowak", "Otte", "Peters", "Roth", "Stein", "Tamm", "Voss")  # fmt: skip
TICKETS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "basic": (
        ("Charged twice", "I was charged twice this month and I am annoyed. Please refund one of the payments."),
        ("Too expensive", "The monthly price is too expensive for what I get. Is there a cheaper plan?"),
        ("Cancel my plan", "How do I cancel my subscription? I cannot find the button."),
        ("Late again", "My parcel is late again. It was promised for Monday and it never came."),
    ),
    "plus": (
        ("Seeds for the balcony", "Do you have seeds for a small balcony? I would love more for the garden."),
        ("Where is my parcel", "Where is my parcel? The tracking has said the same for three days."),
        ("Raised bed", "Which soil do I need for the raised bed I bought? The garden part of the shop is great."),
        ("Change address", "I have moved. How do I change my delivery address?"),
    ),
    "pro": (
        ("Grinder setting", "Which setting of the grinder fits the new espresso beans? The coffee is excellent."),
        ("Thank you", "Your support was quick and friendly, thank you. The delivery came a day early."),
        ("Invoice", "I need an invoice with my company's name for the last order, please."),
        ("Fewer mails", "I get too many mails with offers. Fewer of them, please; I buy anyway."),
    ),
}
POSTS = (
    "Loving the new garden range, the seeds came up in a week!",
    "Waited six days for a bag of tea. Not amused.",
    "Best espresso I have had at home, and the parcel came early.",
    "Charged twice and nobody answers. Disappointed.",
    "Nice shop, but why is shipping so expensive?",
    "The raised bed is the best thing on my balcony this year.",
)


def interview() -> Iterator[str]:
    """Yield the turns of one interview."""
    yield "Interviewer: What brought you to the shop?"
    yield "P01: I wanted herbs on my balcony and had no idea where to begin. The garden boxes made it easy."
    yield "Interviewer: What is hard about it?"
    yield "P01: Delivery, honestly. Twice it came late, and plants do not like to wait."
    yield "Interviewer: And the offers you get?"
    yield "P01: Most I delete. A discount on seeds in spring I would use at once."
    yield "Interviewer: What would make you stay?"
    yield "P01: If somebody told me what to plant next. I need advice more than a discount."
