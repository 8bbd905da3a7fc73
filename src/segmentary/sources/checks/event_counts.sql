-- Recorded events of each source, and how many belong to nobody.
select
    recorded_events.source,
    count(*) as event_count,
    count(*) filter (where recorded_events.record_id is null) as without_customer,
    count(*) filter (where recorded_events.happened_at > recorded_events.known_at) as in_future
from $recorded_events as recorded_events
group by recorded_events.source
