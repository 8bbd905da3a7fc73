-- One row: a customer and a thing they bought before a moment: on how many days, how lately, weighted by how lately.
with lines as (
    select
        events.customer_id,
        $item as item,
        cast((events.happened_at at time zone 'UTC') at time zone $zone as date) as day
    from $events as events
    where events.name = $purchased
    and events.happened_at < $until
    and ($known_at is null or events.known_at <= $known_at)
    and events.customer_id is not null
    and $item is not null
),
days as (
    select
        lines.customer_id,
        lines.item,
        lines.day,
        $today - cast(lines.day as date) as days_ago
    from lines
    group by lines.customer_id, lines.item, lines.day
)
select
    days.customer_id,
    days.item,
    count(*) as times,
    min(days.days_ago) as days_ago,
    sum(exp(cast(days.days_ago as double) * $rate)) as weight
from days
group by days.customer_id, days.item
