-- One row: a day since the first purchase day of all, with the repeat purchase days of those who bought before cutoff.
with days as (
    select distinct
        events.customer_id,
        cast((events.happened_at at time zone 'UTC') at time zone $zone as date) as day
    from $events as events
    where events.name = $order_event
    and events.happened_at < $until
    and ($known_at is null or events.known_at <= $known_at)
    and ($since is null or events.happened_at >= $since)
),
buyers as (
    select
        days.customer_id,
        min(days.day) as first_day
    from days
    group by days.customer_id
    having min(days.day) < $cutoff
),
start as (
    select min(buyers.first_day) as day
    from buyers
)
select
    cast(days.day as date) - cast(start.day as date) as day,
    count(*) as purchases
from days
join buyers on buyers.customer_id = days.customer_id
cross join start
where days.day > buyers.first_day
group by cast(days.day as date) - cast(start.day as date)
