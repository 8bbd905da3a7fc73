-- One row: a customer with at least one purchase, counted in purchase days of the zone.
with orders as (
    select
        events.customer_id,
        events.happened_at,
        events.amount,
        cast((events.happened_at at time zone 'UTC') at time zone $zone as date) as day
    from $events as events
    where events.name = $order_event
    and events.happened_at < $as_of
    and ($known_at is null or events.known_at <= $known_at)
    and ($since is null or events.happened_at >= $since)
),
days as (
    select
        orders.customer_id,
        orders.day,
        min(orders.happened_at) as first_at,
        max(orders.happened_at) as last_at,
        cast(coalesce(sum(orders.amount), 0) as double) as amount
    from orders
    group by orders.customer_id, orders.day
),
buyers as (
    select
        days.customer_id,
        min(days.day) as first_day,
        max(days.day) as last_day,
        min(days.first_at) as first_at,
        max(days.last_at) as last_at,
        count(*) as day_count
    from days
    group by days.customer_id
)
select
    buyers.customer_id,
    min(buyers.first_at) as first_at,
    max(buyers.last_at) as last_at,
    min(buyers.day_count) - 1 as repeat_count,
    min(cast(buyers.last_day as date) - cast(buyers.first_day as date)) as recency_days,
    min($today - cast(buyers.first_day as date)) as age_days,
    avg(case when days.day > buyers.first_day and days.amount > 0 then days.amount end) as mean_spend,
    count(case when days.day > buyers.first_day and days.amount > 0 then 1 end) as spend_days,
    coalesce(sum(case when days.day = buyers.first_day then days.amount end), 0) as first_spend,
    sum(days.amount) as total_spend,
    count(case when days.amount <= 0 then 1 end) as unpaid_days
from buyers
join days on days.customer_id = buyers.customer_id
group by buyers.customer_id
