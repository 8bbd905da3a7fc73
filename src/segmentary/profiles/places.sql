-- The lists of places: the reference tables whose rows have a latitude and a longitude.
select
    facts.table_name as list_name,
    coalesce(max(case when facts.name = 'name' then facts.value end), facts.id) as name,
    max(case when facts.name = 'latitude' then try_cast(facts.value as decimal(38, 10)) end) as latitude,
    max(case when facts.name = 'longitude' then try_cast(facts.value as decimal(38, 10)) end) as longitude
from $reference_values as facts
group by facts.table_name, facts.id
having
    max(case when facts.name = 'latitude' then try_cast(facts.value as decimal(38, 10)) end) is not null
    and max(case when facts.name = 'longitude' then try_cast(facts.value as decimal(38, 10)) end) is not null
