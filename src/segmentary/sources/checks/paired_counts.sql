-- How many cancellations and returns take back a known sale, and the largest sale that was taken back whole.
select
    order_lines.source,
    count(*) as pair_count,
    sum(abs(order_lines.amount)) as paired_amount,
    max(abs(order_lines.quantity)) as largest_quantity,
    max_by(order_lines.order_id, abs(order_lines.quantity)) as largest_order
from $order_lines as order_lines
inner join $pairs as pairs
    on pairs.source = order_lines.source
    and pairs.row_key = order_lines.row_key
group by order_lines.source
