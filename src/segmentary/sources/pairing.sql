-- Which sale every cancellation takes back: the same customer, product and quantity, the latest earlier sale that no
-- other cancellation has taken. Sales and cancellations of one customer, product and quantity nest like brackets: a
-- cancellation belongs to the last sale that raised the count of open sales to the height it lowers it from.
with

cancelled as (
    select distinct
        order_lines.source,
        order_lines.id_space,
        order_lines.record_id,
        order_lines.product_id,
        abs(order_lines.quantity) as quantity
    from $order_lines as order_lines
    where
        order_lines.sale_kind in ('cancellation', 'return')
        and order_lines.record_id is not null
        and order_lines.product_id is not null
        and order_lines.quantity is not null
),

steps as (
    select
        order_lines.source,
        order_lines.row_key,
        order_lines.order_id,
        order_lines.id_space,
        order_lines.record_id,
        order_lines.product_id,
        cancelled.quantity,
        order_lines.happened_at,
        order_lines.sale_kind = 'sale' as is_sale,
        sum(case when order_lines.sale_kind = 'sale' then 1 else -1 end) over (
            partition by
                order_lines.source, order_lines.id_space, order_lines.record_id, order_lines.product_id,
                cancelled.quantity
            order by order_lines.happened_at, order_lines.sale_kind = 'sale' desc, order_lines.row_key
            rows between unbounded preceding and current row
        ) as open_after
    from $order_lines as order_lines
    inner join cancelled
        on cancelled.source = order_lines.source
        and cancelled.id_space = order_lines.id_space
        and cancelled.record_id = order_lines.record_id
        and cancelled.product_id = order_lines.product_id
        and cancelled.quantity = abs(order_lines.quantity)
    where order_lines.sale_kind in ('sale', 'cancellation', 'return')
),

heights as (
    select
        steps.source,
        steps.row_key,
        steps.is_sale,
        lag(steps.order_id) over same_height as order_before,
        lag(steps.is_sale) over same_height as is_sale_before
    from steps
    window same_height as (
        partition by
            steps.source, steps.id_space, steps.record_id, steps.product_id, steps.quantity,
            case when steps.is_sale then steps.open_after else steps.open_after + 1 end
        order by steps.happened_at, steps.is_sale desc, steps.row_key
    )
)

select heights.source, heights.row_key, heights.order_before as cancels_order_id
from heights
where not heights.is_sale and heights.is_sale_before
