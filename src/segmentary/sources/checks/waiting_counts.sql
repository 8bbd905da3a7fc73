-- Of each source, rows that belong to an order in another table, and how many of them have found it.
with

waiting as (
    select
        order_lines.source,
        order_lines.order_id,
        order_lines.cancels_order_id,
        json_extract_string(order_lines.properties, '$.status') as status
    from $order_lines as order_lines
    where
        order_lines.sale_kind = 'no_sale'
        and order_lines.record_id is null
        and json_extract_string(order_lines.properties, '$.status') in $waiting
),

orders as (
    select distinct order_lines.order_id
    from $order_lines as order_lines
    where order_lines.record_id is not null and order_lines.order_id is not null
),

refunds as (
    select distinct waiting.order_id
    from waiting
    inner join orders on orders.order_id = waiting.cancels_order_id
    where waiting.status = $refund
)

select
    waiting.source,
    count(*) as waiting_count,
    count(
        case waiting.status
            when $refund then refunded.order_id
            when $refunded_line then refunds.order_id
            else orders.order_id
        end
    ) as found_count
from waiting
left join orders on orders.order_id = waiting.order_id
left join orders as refunded on refunded.order_id = waiting.cancels_order_id
left join refunds on refunds.order_id = waiting.order_id
group by waiting.source
order by waiting.source
