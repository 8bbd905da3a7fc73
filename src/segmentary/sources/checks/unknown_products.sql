-- Products that are sold but stand in no list of products.
with

unknown as (
    select order_lines.source, order_lines.product_id, count(*) as line_count
    from $order_lines as order_lines
    where
        order_lines.product_id is not null
        and order_lines.product_id not in (select products.product_id from $products as products)
    group by order_lines.source, order_lines.product_id
)

select
    unknown.source,
    sum(unknown.line_count) as line_count,
    count(*) as product_count,
    max_by(unknown.product_id, unknown.line_count) as product_id
from unknown
group by unknown.source
