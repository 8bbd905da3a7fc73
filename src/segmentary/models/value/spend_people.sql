-- One row: a customer with purchases, and what may be odd about them.
with orders as (
    select
        events.customer_id,
        events.amount,
        cast((events.happened_at at time zone 'UTC') at time zone $zone as date) as day,
        cast((customers.created_at at time zone 'UTC') at time zone $zone as date) as created
    from $events as events
    left join $customers as customers on customers.customer_id = events.customer_id
    where events.name = $order_event
    and events.customer_id is not null
    and events.happened_at < $as_of
    and ($known_at is null or events.known_at <= $known_at)
    and ($since is null or events.happened_at >= $since)
),
days as (
    select
        orders.customer_id,
        orders.day,
        count(*) as orders,
        cast(coalesce(sum(orders.amount), 0) as double) as spend,
        count(case when orders.amount = 0 then 1 end) as zero,
        count(case when orders.amount < 0 then 1 end) as negative,
        count(case when orders.amount is null then 1 end) as unknown,
        count(case when orders.day < orders.created then 1 end) as early
    from orders
    group by orders.customer_id, orders.day
)
select
    days.customer_id,
    sum(days.orders) as orders,
    count(*) as days,
    max(days.orders) as busiest,
    sum(days.spend) as spend,
    sum(days.zero) as zero,
    sum(days.negative) as negative,
    sum(days.unknown) as unknown,
    sum(days.early) as early,
    min(days.day) as first_day,
    max(days.day) as last_day
from days
group by days.customer_id
