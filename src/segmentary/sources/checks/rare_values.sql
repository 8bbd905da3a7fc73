-- Spellings of a category that hardly anybody has.
with

spellings as (
    select
        attributes.source,
        attributes.name,
        attributes.value,
        count(*) as value_count,
        sum(count(*)) over (partition by attributes.source, attributes.name) as total_count,
        count(*) over (partition by attributes.source, attributes.name) as spelling_count
    from $attributes as attributes
    where attributes.value_type = 'text' and attributes.value is not null
    group by attributes.source, attributes.name, attributes.value
)

select
    spellings.source,
    spellings.name,
    sum(spellings.value_count) as value_count,
    any_value(spellings.total_count) as total_count,
    string_agg(spellings.value, ', ' order by spellings.value) as examples
from spellings
where
    spellings.spelling_count between 3 and 30
    and spellings.total_count >= 500
    and spellings.value_count * 500 < spellings.total_count
    and spellings.value_count <= 5
group by spellings.source, spellings.name
order by spellings.source, spellings.name
