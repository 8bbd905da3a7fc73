-- One row: an order that happened before as-of, with the local month it fell into.
select
    events.customer_id,
    events.order_id,
    events.amount,
    events.channel,
    cast(date_trunc('month', (events.happened_at at time zone 'UTC') at time zone $zone) as date) as month
from $events as events
where events.name = $order_event
and events.happened_at < $as_of
