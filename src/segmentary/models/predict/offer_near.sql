-- One row: a thing and another bought by the same customers of a sample: the cosine of who bought which, nearest first.
with bought as (
    select counts.customer_id, counts.item
    from $counts as counts
    join $sample as drawn on drawn.customer_id = counts.customer_id
    join $items as items on items.item = counts.item
    where items.customers >= $least and items.place <= $most
),
sizes as (
    select bought.item, count(*) as customers
    from bought
    group by bought.item
),
pairs as (
    select
        one.item,
        other.item as other,
        count(*) as both_bought
    from bought as one
    join bought as other on other.customer_id = one.customer_id and other.item > one.item
    group by one.item, other.item
),
cosines as (
    select
        pairs.item,
        pairs.other,
        cast(pairs.both_bought as double)
        / cast(sqrt(cast(first_size.customers as double) * cast(other_size.customers as double)) as double) as near
    from pairs
    join sizes as first_size on first_size.item = pairs.item
    join sizes as other_size on other_size.item = pairs.other
),
both_ways as (
    select cosines.item, cosines.other, cosines.near from cosines
    union all
    select cosines.other as item, cosines.item as other, cosines.near from cosines
),
ranked as (
    select
        both_ways.item,
        both_ways.other,
        both_ways.near,
        row_number() over (partition by both_ways.item order by both_ways.near desc, both_ways.other) as place
    from both_ways
)
select ranked.item, ranked.other, ranked.near
from ranked
where ranked.place <= $neighbours
