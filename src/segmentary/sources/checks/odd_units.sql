-- Categories whose quantities are counted in another unit than everybody else's.
with

quantities as (
    select
        order_lines.source,
        coalesce(order_lines.category, products.category) as category,
        order_lines.quantity
    from $order_lines as order_lines
    left join $products as products on products.product_id = order_lines.product_id
    where order_lines.quantity > 0
),

overall as (
    select
        quantities.source,
        median(quantities.quantity) as usual,
        count(*) filter (where quantities.quantity > 100) as above_hundred
    from quantities
    group by quantities.source
)

select
    quantities.source,
    quantities.category,
    count(*) as row_count,
    median(quantities.quantity) as typical,
    max(quantities.quantity) as largest,
    any_value(overall.usual) as usual,
    any_value(overall.above_hundred) as above_hundred
from quantities
inner join overall on overall.source = quantities.source
where quantities.category is not null
group by quantities.source, quantities.category
having median(quantities.quantity) >= 50 * any_value(overall.usual) and count(*) >= 20
order by quantities.source, row_count desc
