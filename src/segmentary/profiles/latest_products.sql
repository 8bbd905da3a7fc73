-- One row per product: what the newest delivery says about it.
with

ranked as (
    select
        products.product_id,
        products.name,
        products.category,
        products.brand,
        products.properties,
        row_number() over (
            partition by products.product_id
            order by loads.ordinal desc, products.row_number desc
        ) as place
    from $products as products
    inner join $loads as loads on loads.load_id = products.load_id
)

select ranked.product_id, ranked.name, ranked.category, ranked.brand, ranked.properties
from ranked
where ranked.place = 1
