-- Events as sources recorded them, with the customer they belong to.
select
    identity_map.customer_id,
    identity_map.customer_number,
    recorded_events.source,
    recorded_events.known_at,
    recorded_events.name,
    recorded_events.happened_at,
    recorded_events.sequence,
    recorded_events.message_id,
    recorded_events.order_id,
    recorded_events.session_id,
    recorded_events.amount,
    recorded_events.currency,
    recorded_events.product_id,
    coalesce(recorded_events.category, products.category) as category,
    coalesce(recorded_events.brand, products.brand) as brand,
    recorded_events.quantity,
    recorded_events.channel,
    recorded_events.properties
from $recorded_events as recorded_events
inner join $identity_map as identity_map
    on identity_map.id_space = recorded_events.id_space
    and identity_map.record_id = recorded_events.record_id
left join $products as products on products.product_id = recorded_events.product_id
