-- Lines of orders as events: product_purchased and product_returned.
select
    identity_map.customer_id,
    identity_map.customer_number,
    order_lines.source,
    order_lines.known_at,
    case when order_lines.sale_kind = 'sale' then $purchased else $returned end as name,
    order_lines.happened_at,
    order_lines.row_number as sequence,
    cast(null as varchar) as message_id,
    order_lines.order_id,
    cast(null as varchar) as session_id,
    order_lines.amount,
    $currency as currency,
    order_lines.product_id,
    coalesce(order_lines.category, products.category) as category,
    coalesce(order_lines.brand, products.brand) as brand,
    order_lines.quantity,
    order_lines.channel,
    concat(
        '{',
        concat_ws(
            ',',
            '"unit_price":' || order_lines.unit_price,
            '"description":' || to_json(coalesce(order_lines.description, products.name)),
            substr(order_lines.properties, 2, length(order_lines.properties) - 2),
            substr(products.properties, 2, length(products.properties) - 2)
        ),
        '}'
    ) as properties
from $order_lines as order_lines
inner join $identity_map as identity_map
    on identity_map.id_space = order_lines.id_space
    and identity_map.record_id = order_lines.record_id
left join $products as products on products.product_id = order_lines.product_id
where order_lines.product_id is not null and order_lines.sale_kind in ('sale', 'cancellation', 'return')
