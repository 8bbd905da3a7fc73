-- Facts about what events name, one row each: of reference tables as they were added, and of products.
with

ranked as (
    select
        reference_rows.table_name,
        reference_rows.reference_id,
        reference_rows.properties,
        row_number() over (
            partition by reference_rows.table_name, reference_rows.reference_id
            order by loads.ordinal desc, reference_rows.row_number desc
        ) as place
    from $reference_rows as reference_rows
    inner join $loads as loads on loads.load_id = reference_rows.load_id
    where reference_rows.reference_id is not null
),

documents as (
    select ranked.table_name, ranked.reference_id as id, ranked.properties
    from ranked
    where ranked.place = 1 and ranked.properties is not null
    union all
    select 'products' as table_name, products.product_id as id, products.properties
    from $products as products
    where products.properties is not null
),

named as (
    select documents.table_name, documents.id, documents.properties, unnest(json_keys(documents.properties)) as name
    from documents
)

select
    named.table_name,
    named.id,
    named.name,
    json_extract_string(named.properties, '/' || replace(replace(named.name, '~', '~0'), '/', '~1')) as value
from named
where json_extract_string(named.properties, '/' || replace(replace(named.name, '~', '~0'), '/', '~1')) is not null
union all
select 'products' as table_name, products.product_id as id, 'name' as name, products.name as value
from $products as products
where products.name is not null
union all
select 'products' as table_name, products.product_id as id, 'category' as name, products.category as value
from $products as products
where products.category is not null
union all
select 'products' as table_name, products.product_id as id, 'brand' as name, products.brand as value
from $products as products
where products.brand is not null
