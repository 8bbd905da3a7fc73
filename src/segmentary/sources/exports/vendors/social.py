"""Posts and mentions, as listening tools export them (Brandwatch, Meltwater, Talkwalker, Mention, Sprout and the like).

Tools differ in names and agree in substance: what was written, where, by whom, when, and how it was received. Authors
are no customers by writing: they become known where another source has the same name for somebody.
"""

from __future__ import annotations

from segmentary.sources.exports.tables import Part, Row, Table, Value, Vendor, given

TEXT = (
    "full_text|message|content|text|mention|hit_sentence|post_text|tweet_text|post_message|snippet|opening_text"
    "|title_snippet|description|body|caption"
)
AUTHOR = (
    "author|author_name|username|user_name|screen_name|twitter_screen_name|author_handle|influencer|handle|from_user"
    "|profile_name|author_username|extra_author_attributes_name|user_screen_name"
)
NETWORK = (
    "network|platform|social_network|page_type|source_type|channel|content_source_name|media_type|source_name|source"
    "|domain"
)
WHEN = "published_at|published|created_at|date|timestamp|post_date|created_time|posted_at|date_published|time"
POST = "post_id|mention_id|tweet_id|message_id|resource_id|query_id_resource_id|document_id|id|url|permalink|link"
MEASURES = [
    "sentiment|sentiment_score|tone",
    "likes|like_count|favorites|favorite_count|reactions",
    "followers|followers_count|author_followers|twitter_followers|x_followers",
    "shares|share_count|retweets|retweet_count|reposts",
    "comments|comment_count|replies|reply_count",
    "reach",
    "impressions",
    "engagement",
]


def network(row: Row) -> str:
    """Return the network in one spelling."""
    told = (row(NETWORK) or "social").lower().strip()
    return {"x": "twitter", "x (twitter)": "twitter", "ig": "instagram", "fb": "facebook"}.get(told, told)


def writer(row: Row) -> str | None:
    """Return the author, with the network where it is known."""
    name = row(AUTHOR)
    return None if name is None else f"{network(row)}:{name.removeprefix('@').lower()}"


def handle(row: Row) -> str | None:
    """Return the author's own name."""
    name = row(AUTHOR)
    return None if name is None else name.removeprefix("@").lower()


def measured(rows: tuple[Row, ...]) -> bool:
    """Whether posts are counted or judged, which tells them from chats and tickets."""
    return any(row(word) is not None for row in rows for word in MEASURES)


WHO: dict[str, Value] = {"record_id": writer, "external_id": handle, "happened_at": WHEN}
VENDOR = Vendor(
    "social",
    "a listening tool",
    "social",
    (
        Table(
            "posts",
            "posts and mentions",
            f"{TEXT} {AUTHOR} {NETWORK} {WHEN} {'|'.join(MEASURES)}",
            (
                Part("posts", "messages",
                     {"message_id": POST, "text": TEXT, "channel": "=social", "direction": "=in",
                      "conversation_id": "thread_id|parent_post_id|in_reply_to_status_id|conversation_id", **WHO},
                     when=given(TEXT)),
                Part("mentions", "events",
                     {"name": "=social_post_written", "message_id": POST, "channel": network, **WHO,
                      **{word.split("|", maxsplit=1)[0]: word for word in MEASURES}, "url": "url|permalink|link",
                      "language": "language|lang", "country": "country|country_code"},
                     when=given(TEXT)),
            ),
            aside="a post without words",
            without="ticket_id rating_scale requester_id order_id subject case_number part_type survey respondent_id"
            " conversation_id session_id chat_id",
            fits=measured,
        ),
    ),
)  # fmt: skip
