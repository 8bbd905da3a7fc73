-- One row: a cohort (month of first order) and a month, with how many of the cohort ordered in it.
with orders as (
    select
        customer_id,
        happened_at,
        cast(date_trunc('month', (happened_at at time zone 'UTC') at time zone $zone) as date) as month
    from $events as events
    where name = $order_event
    and happened_at < $as_of
    and ($known_at is null or known_at <= $known_at)
),
firsts as (
    select customer_id, min(month) as cohort
    from orders
    group by customer_id
)
select
    firsts.cohort,
    orders.month,
    count(distinct orders.customer_id) as active,
    max(orders.happened_at) as last_order_at
from orders
join firsts on firsts.customer_id = orders.customer_id
group by firsts.cohort, orders.month
order by firsts.cohort, orders.month
