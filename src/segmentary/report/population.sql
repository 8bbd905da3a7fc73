-- One row: everybody who bought before as-of, and what.
with orders as (
    select customer_id, name, happened_at, amount
    from $events as events
    where name in ($order_event, $refund_event)
    and happened_at < $as_of
    and ($known_at is null or known_at <= $known_at)
),
buyers as (
    select
        customer_id,
        count(*) as orders,
        coalesce(sum(amount), 0) as money,
        min(happened_at) as first_order_at,
        max(happened_at) as last_order_at
    from orders
    where name = $order_event
    group by customer_id
),
ranked as (
    select
        buyers.orders,
        buyers.money,
        buyers.first_order_at,
        buyers.last_order_at,
        row_number() over (order by buyers.money desc, buyers.customer_id) as place,
        count(*) over () as n
    from buyers
)
select
    count(*) as buyers,
    count(case when orders >= 2 then 1 end) as repeat_buyers,
    coalesce(sum(orders), 0) as orders,
    coalesce(sum(money), 0) as money,
    (select coalesce(-sum(amount), 0) from orders where name = $refund_event) as refunds,
    coalesce(sum(case when place * 5 <= n then money end), 0) as best_fifth_money,
    min(first_order_at) as first_order_at,
    max(last_order_at) as last_order_at
from ranked
