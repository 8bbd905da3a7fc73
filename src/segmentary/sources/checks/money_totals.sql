-- The money of all sources, under each definition.
select
    coalesce(sum(order_lines.amount) filter (where order_lines.sale_kind <> 'no_sale'), 0) as net_amount,
    count(*) filter (where order_lines.sale_kind <> 'no_sale') as net_rows,
    coalesce(sum(order_lines.amount) filter (where order_lines.sale_kind = 'sale'), 0) as gross_amount,
    count(*) filter (where order_lines.sale_kind = 'sale') as gross_rows,
    coalesce(
        sum(order_lines.amount) filter (where order_lines.sale_kind in ('cancellation', 'return')), 0
    ) as refund_amount,
    count(*) filter (where order_lines.sale_kind in ('cancellation', 'return')) as refund_rows,
    coalesce(
        sum(order_lines.amount)
            filter (where order_lines.sale_kind = 'sale' and order_lines.record_id is not null),
        0
    ) as identified_amount,
    count(*) filter (
        where order_lines.sale_kind = 'sale' and order_lines.record_id is not null
    ) as identified_rows,
    count(distinct case
        when order_lines.sale_kind = 'sale' and order_lines.record_id is not null
            then concat(order_lines.id_space, ':', order_lines.record_id)
    end) as identified_customers,
    count(distinct case
        when order_lines.sale_kind = 'sale' and order_lines.record_id is not null
            then concat(order_lines.record_id, ':', order_lines.order_id)
    end) as identified_orders
from $order_lines as order_lines
