-- One row: a segment and a number of days after the first order, with how many of its members were seen long enough
-- after that, and how many of those ordered again within the window that begins then.
with

orders as (
    select
        events.customer_id,
        cast((events.happened_at at time zone 'UTC') at time zone $zone as date) as day
    from $events as events
    where
        events.name = $order_event
        and events.happened_at < $as_of
        and ($known_at is null or events.known_at <= $known_at)
),

firsts as (
    select
        orders.customer_id,
        min(orders.day) as day
    from orders
    group by orders.customer_id
),

people as (
    select
        firsts.customer_id,
        max(
            case
                when
                    cast(orders.day as date) - cast(firsts.day as date) >= $after
                    and cast(orders.day as date) - cast(firsts.day as date) < $after + $window
                    then 1
                else 0
            end
        ) as back
    from firsts
    inner join orders on orders.customer_id = firsts.customer_id
    where $today - cast(firsts.day as date) >= $after + $window
    group by firsts.customer_id
)

select
    members.segment,
    count(*) as people,
    sum(people.back) as back
from $members as members
inner join people on people.customer_id = members.customer_id
group by members.segment
