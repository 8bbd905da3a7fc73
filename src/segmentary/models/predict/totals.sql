-- One row: a day of the zone and customers who came about the same time before as-of, with what they paid that day.
with orders as (
    select
        events.customer_id,
        events.amount,
        cast((events.happened_at at time zone 'UTC') at time zone $zone as date) as day
    from $events as events
    where events.name = $order_event
    and events.happened_at < $as_of
    and ($known_at is null or events.known_at <= $known_at)
    and events.customer_id is not null
),
firsts as (
    select
        orders.customer_id,
        min(orders.day) as first_day
    from orders
    group by orders.customer_id
),
paid as (
    select
        orders.day,
        $today - cast(orders.day as date) as days_ago,
        $today - 1 - cast(firsts.first_day as date) as came_days_ago,
        orders.amount
    from orders
    join firsts on firsts.customer_id = orders.customer_id
)
select
    paid.days_ago,
    paid.came_days_ago - paid.came_days_ago % $step_days as came_from,
    cast(coalesce(sum(paid.amount), 0) as double) as amount
from paid
where paid.days_ago >= 1
and paid.came_days_ago >= 0
group by paid.days_ago, paid.came_days_ago - paid.came_days_ago % $step_days
