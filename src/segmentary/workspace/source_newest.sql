-- Per source, when the newest thing it tells of happened, and until when the time of things goes back.
with

moments as (
    select order_lines.source, min(order_lines.happened_at) as oldest, max(order_lines.happened_at) as newest
    from $order_lines as order_lines
    group by order_lines.source
    union all
    select recorded_events.source, min(recorded_events.happened_at), max(recorded_events.happened_at)
    from $recorded_events as recorded_events
    group by recorded_events.source
    union all
    select responses.source, min(responses.answered_at), max(responses.answered_at)
    from $responses as responses
    group by responses.source
    union all
    select messages.source, min(messages.happened_at), max(messages.happened_at)
    from $messages as messages
    group by messages.source
    union all
    select consents.source, min(consents.happened_at), max(consents.happened_at)
    from $consents as consents
    group by consents.source
    union all
    select exposures.source, min(exposures.assigned_at), max(exposures.assigned_at)
    from $exposures as exposures
    group by exposures.source
    union all
    select records.source, min(records.created_at), max(records.created_at)
    from $records as records
    group by records.source
)

select moments.source, min(moments.oldest) as oldest, max(moments.newest) as newest
from moments
group by moments.source
