-- One row: a category and a price paid in it, with how many lines were sold at it.
select
    coalesce(events.category, '') as category,
    cast(cast(events.amount as double) / cast(events.quantity as double) as decimal(18, 2)) as price,
    count(*) as lines
from $events as events
where
    events.name = $name
    and events.happened_at >= $since
    and events.happened_at < $until
    and ($known_at is null or events.known_at <= $known_at)
    and events.quantity > 0
    and events.amount > 0
group by coalesce(events.category, ''), cast(cast(events.amount as double) / cast(events.quantity as double) as decimal(18, 2))
