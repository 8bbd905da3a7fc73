-- Orders whose status says that no sale happened (yet), as events named by it: order_lost, order_cancelled.
select
    any_value(identity_map.customer_id) as customer_id,
    identity_map.customer_number,
    order_lines.source,
    max(order_lines.known_at) as known_at,
    concat(
        'order_',
        trim(
            regexp_replace(
                lower(coalesce(json_extract_string(order_lines.properties, '$.status'), 'open')),
                '[^a-z0-9]+', '_', 'g'
            ),
            '_'
        )
    ) as name,
    min(order_lines.happened_at) as happened_at,
    min(order_lines.row_number) as sequence,
    cast(null as varchar) as message_id,
    order_lines.order_id,
    cast(null as varchar) as session_id,
    try_cast(sum(order_lines.amount) as decimal(18, 4)) as amount,
    $currency as currency,
    cast(null as varchar) as product_id,
    cast(null as varchar) as category,
    cast(null as varchar) as brand,
    cast(null as decimal(18, 4)) as quantity,
    min(order_lines.channel) as channel,
    min(order_lines.properties) as properties
from $order_lines as order_lines
inner join $identity_map as identity_map
    on identity_map.id_space = order_lines.id_space
    and identity_map.record_id = order_lines.record_id
where order_lines.sale_kind = 'no_sale' and order_lines.happened_at is not null
group by identity_map.customer_number, order_lines.source, name, order_lines.order_id
