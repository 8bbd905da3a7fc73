-- One row: a segment, its members who ever ordered, those who ordered on a second day, and, of those who ordered within
-- the window, their number, their orders and the squares of these.
with

orders as (
    select
        events.customer_id,
        events.happened_at,
        cast((events.happened_at at time zone 'UTC') at time zone $zone as date) as day
    from $events as events
    where
        events.name = $order_event
        and events.happened_at < $as_of
        and ($known_at is null or events.known_at <= $known_at)
),

people as (
    select
        orders.customer_id,
        count(distinct orders.day) as days,
        count(case when orders.happened_at >= $since then 1 end) as recent
    from orders
    group by orders.customer_id
)

select
    members.segment,
    count(*) as buyers,
    count(case when people.days > 1 then 1 end) as repeaters,
    count(case when people.recent > 0 then 1 end) as active,
    sum(people.recent) as orders,
    sum(people.recent * people.recent) as order_squares
from $members as members
inner join people on people.customer_id = members.customer_id
group by members.segment
