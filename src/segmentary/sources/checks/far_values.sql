-- How many values of some number attributes lie far outside the middle half.
select
    attributes.source,
    attributes.name,
    count(*) as far_count,
    arg_max(attributes.value, abs(try_cast(attributes.value as decimal(38, 6)) - bounds.middle)) as example
from $attributes as attributes
inner join $bounds as bounds
    on bounds.source = attributes.source
    and bounds.name = attributes.name
where
    attributes.value_type = 'number'
    and (
        try_cast(attributes.value as decimal(38, 6)) < bounds.low
        or try_cast(attributes.value as decimal(38, 6)) > bounds.high
    )
group by attributes.source, attributes.name
