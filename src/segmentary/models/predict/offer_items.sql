-- One row: a thing, how many customers bought it, how many of them again, and their share of all customers who bought.
with everybody as (
    select count(distinct counts.customer_id) as customers
    from $counts as counts
),
items as (
    select
        counts.item,
        count(*) as customers,
        count(case when counts.times >= 2 then 1 end) as again
    from $counts as counts
    group by counts.item
)
select
    items.item,
    items.customers,
    items.again,
    cast(items.customers as double) / cast(everybody.customers as double) as share,
    row_number() over (order by items.customers desc, items.item) as place
from items
cross join everybody
