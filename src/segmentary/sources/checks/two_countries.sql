-- Customers for whom one source names more than one country.
with

people as (
    select
        attributes.source,
        attributes.id_space,
        attributes.record_id,
        count(distinct attributes.value) as country_count
    from $attributes as attributes
    where attributes.name = 'country' and attributes.value is not null
    group by attributes.source, attributes.id_space, attributes.record_id
)

select
    people.source,
    count(*) as customer_count,
    count(*) filter (where people.country_count > 1) as moved_count
from people
group by people.source
