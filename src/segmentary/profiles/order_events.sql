-- Orders as events: one order_completed per order with a positive sale line, one order_refunded per order with lines
-- that take money back.
with

lines as (
    select
        identity_map.customer_id,
        identity_map.customer_number,
        order_lines.source,
        order_lines.order_id,
        order_lines.sale_kind in ('cancellation', 'return', 'adjustment') as is_refund,
        order_lines.happened_at,
        order_lines.row_number,
        order_lines.known_at,
        order_lines.amount,
        order_lines.discount,
        order_lines.product_id,
        order_lines.channel,
        order_lines.place_id,
        order_lines.cancels_order_id,
        order_lines.properties
    from $order_lines as order_lines
    inner join $identity_map as identity_map
        on identity_map.id_space = order_lines.id_space
        and identity_map.record_id = order_lines.record_id
    where
        (order_lines.sale_kind = 'sale' and coalesce(order_lines.amount, 1) > 0)
        or order_lines.sale_kind in ('cancellation', 'return', 'adjustment')
)

select
    any_value(lines.customer_id) as customer_id,
    lines.customer_number,
    lines.source,
    max(lines.known_at) as known_at,
    case when lines.is_refund then $refunded else $completed end as name,
    min(lines.happened_at) as happened_at,
    min(lines.row_number) as sequence,
    cast(null as varchar) as message_id,
    lines.order_id,
    cast(null as varchar) as session_id,
    -- An order beyond what the column holds has no amount, and the quality account says so (amount_too_large).
    try_cast(sum(lines.amount) as decimal(18, 4)) as amount,
    $currency as currency,
    cast(null as varchar) as product_id,
    cast(null as varchar) as category,
    cast(null as varchar) as brand,
    cast(null as decimal(18, 4)) as quantity,
    min(lines.channel) as channel,
    concat(
        '{',
        concat_ws(
            ',',
            '"line_count":' || count(*),
            '"product_count":' || count(distinct lines.product_id),
            '"discount":' || sum(lines.discount),
            '"place_id":' || to_json(min(lines.place_id)),
            '"cancels_order_id":' || to_json(min(lines.cancels_order_id)),
            -- An order without lines of its own says its properties itself.
            case
                when count(*) = 1 and count(lines.product_id) = 0
                    then substr(min(lines.properties), 2, length(min(lines.properties)) - 2)
            end
        ),
        '}'
    ) as properties
from lines
group by lines.customer_number, lines.source, lines.order_id, lines.is_refund
