-- How the customers of each source buy and cancel, and which of them holds the most lines.
with

people as (
    select
        order_lines.source,
        order_lines.id_space,
        order_lines.record_id,
        count(*) as line_count,
        count(*) filter (where order_lines.sale_kind = 'sale') as sale_count,
        count(*) filter (where order_lines.sale_kind in ('cancellation', 'return')) as back_count,
        count(*) filter (where order_lines.sale_kind = 'cancellation') as cancelled_count,
        sum(order_lines.amount) as net_amount
    from $order_lines as order_lines
    where order_lines.record_id is not null
    group by order_lines.source, order_lines.id_space, order_lines.record_id
)

select
    people.source,
    count(*) as customer_count,
    sum(people.line_count) as line_count,
    count(*) filter (where people.sale_count = 0 and people.back_count > 0) as only_back,
    count(*) filter (where people.net_amount < 0) as net_negative,
    count(*) filter (where people.cancelled_count > 0) as ever_cancelled,
    max(people.line_count) as most_lines,
    max_by(people.record_id, people.line_count) as busiest
from people
group by people.source
order by people.source
