-- One row: a thing done within the window, with its item of one dimension, its money and its local month.
with

happened as (
    select
        events.customer_id,
        events.amount,
        events.quantity,
        events.product_id,
        events.category,
        events.brand,
        events.channel,
        events.properties,
        (events.happened_at at time zone 'UTC') at time zone $zone as local_at,
        levels.low_ends,
        levels.middle_ends
    from $events as events
    left join $levels as levels on levels.category = coalesce(events.category, '')
    where
        events.name = $name
        and events.happened_at >= $since
        and events.happened_at < $until
        and ($known_at is null or events.known_at <= $known_at)
),

named as (
    select
        happened.customer_id,
        coalesce(happened.amount, 0) as amount,
        $item as item,
        12 * extract(year from happened.local_at) + extract(month from happened.local_at) - 1 as local_month
    from happened
)

select
    named.customer_id,
    named.item,
    named.amount,
    named.local_month
from named
where named.item is not null and named.item <> ''
