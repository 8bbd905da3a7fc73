-- What the values of each attribute look like: one row per source and attribute.
with

numbers as (
    select
        attributes.source,
        attributes.name,
        attributes.value_type,
        attributes.value,
        case when attributes.value_type = 'number' then try_cast(attributes.value as decimal(38, 6)) end as number
    from $attributes as attributes
    where attributes.value is not null
)

select
    numbers.source,
    numbers.name,
    min(numbers.value_type) as value_type,
    count(*) as value_count,
    count(distinct numbers.value) as distinct_count,
    min(numbers.value) as example,
    min(numbers.number) as lowest,
    max(numbers.number) as highest,
    count(*) filter (where numbers.number = -1) as minus_one_count,
    count(*) filter (where numbers.number < -1) as below_count,
    max_by(numbers.value, numbers.number) filter (
        where numbers.number >= 99 and regexp_full_match(numbers.value, '6{3,}|7{4,}|8{4,}|9{2,}')
    ) as repeated_example,
    quantile_disc(numbers.number, 0.25) as lower_quartile,
    quantile_disc(numbers.number, 0.75) as upper_quartile,
    count(*) filter (
        where
            numbers.value_type in ('date', 'time')
            and (numbers.value < '1905' or numbers.value like '1970-01-01%' or numbers.value >= '2999')
    ) as odd_dates
from numbers
group by numbers.source, numbers.name
order by numbers.source, numbers.name
