-- Events as sources recorded them, with the customer they belong to. Of what customers said, the newest coding of each
-- text counts: its ids are MESSAGE.GENERATION.CODER.PLACE.
with codings as (
    select
        split_part(coded.message_id, '.', 1) as message,
        max(try_cast(split_part(coded.message_id, '.', 2) as bigint)) as generation
    from $recorded_events as coded
    where coded.source = $voices
    group by split_part(coded.message_id, '.', 1)
)
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
left join codings
    on recorded_events.source = $voices
    and codings.message = split_part(recorded_events.message_id, '.', 1)
where
    recorded_events.source <> $voices
    or (
        recorded_events.name <> $withdrawn
        and try_cast(split_part(recorded_events.message_id, '.', 2) as bigint) = codings.generation
    )
