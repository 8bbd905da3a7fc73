-- One row: a customer and one of the things most customers bought, whether they did or not: the plain rival.
with everybody as (
    select counts.customer_id
    from $counts as counts
    group by counts.customer_id
)
select everybody.customer_id, items.item, items.place
from everybody
cross join (
    select ranked.item, ranked.place
    from $items as ranked
    where ranked.place <= $most
) as items
