"""What one person is sent is plain data."""

from segmentary.activation.message import Outgoing, Rendered


def test_a_message_is_compared_by_what_it_says():
    def made(text):
        return Outgoing(
            "a-1.x", "a-1", "a", "c", "email", "marketing", "s", "t", "v", "x@y.example", Rendered("Hi", text)
        )

    assert made("Hello") == made("Hello") != made("Bye")
    assert (made("Hello").content.html, made("Hello").content.fallbacks, dict(made("Hello").content.data)) == (
        "",
        (),
        {},
    )
