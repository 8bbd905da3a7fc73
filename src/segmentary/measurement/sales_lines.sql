-- One row: a line of a sale that happened before as-of.
select
    events.customer_id,
    events.order_id,
    events.amount,
    events.product_id as product,
    events.category,
    events.brand
from $events as events
where events.name = $line_event
and events.happened_at < $as_of
