-- One row: a customer and a thing whose last movement was that they brought it back.
with moves as (
    select
        events.customer_id,
        $item as item,
        max(case when events.name = $purchased then events.happened_at end) as bought_at,
        max(case when events.name = $returned then events.happened_at end) as returned_at
    from $events as events
    where events.name in ($purchased, $returned)
    and events.happened_at < $until
    and ($known_at is null or events.known_at <= $known_at)
    and events.customer_id is not null
    and $item is not null
    group by events.customer_id, $item
)
select moves.customer_id, moves.item
from moves
where moves.returned_at is not null and (moves.bought_at is null or moves.returned_at >= moves.bought_at)
