-- Orders whose lines add up to more than an amount can hold: their event has no amount.
with

sums as (
    select
        order_lines.source,
        order_lines.order_id,
        sum(order_lines.amount) as amount
    from $order_lines as order_lines
    where order_lines.sale_kind <> 'no_sale' and order_lines.record_id is not null
    group by
        order_lines.source,
        order_lines.order_id,
        order_lines.id_space,
        order_lines.record_id,
        order_lines.sale_kind in ('cancellation', 'return', 'adjustment')
)

select
    sums.source,
    count(*) as order_count,
    min(sums.order_id) as example
from sums
where sums.amount is not null and try_cast(sums.amount as decimal(18, 4)) is null
group by sums.source
order by sums.source
