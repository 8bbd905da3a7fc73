-- One row: a local month with how often the event happened in it, and for how much.
select
    cast(date_trunc('month', (events.happened_at at time zone 'UTC') at time zone $zone) as date) as month,
    min(events.happened_at) as first_at,
    max(events.happened_at) as last_at,
    count(*) as times,
    sum(cast(events.amount as double)) as money
from $events as events
where events.name = $event
and events.happened_at < $as_of
group by 1
order by 1
