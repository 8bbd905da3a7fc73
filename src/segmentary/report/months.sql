-- One row: a month with orders, in the workspace's zone.
select
    cast(date_trunc('month', (happened_at at time zone 'UTC') at time zone $zone) as date) as month,
    count(*) as orders,
    count(distinct customer_id) as buyers,
    coalesce(sum(amount), 0) as money
from $events as events
where name = $order_event
and happened_at < $as_of
and ($known_at is null or known_at <= $known_at)
group by 1
order by 1
