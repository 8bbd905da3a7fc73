-- One row: a customer and a thing they never bought, ranked by how many customers did.
with everybody as (
    select counts.customer_id
    from $counts as counts
    group by counts.customer_id
),
often as (
    select items.item, items.share, items.place
    from $items as items
    left join $never as never on never.item = items.item
    where items.place <= $candidates and items.customers >= $least and never.item is null
),
ranked as (
    select
        everybody.customer_id,
        often.item,
        often.share,
        row_number() over (partition by everybody.customer_id order by often.place) as place
    from everybody
    cross join often
    left join $counts as own on own.customer_id = everybody.customer_id and own.item = often.item
    where own.item is null
)
select ranked.customer_id, ranked.item, ranked.share, ranked.place
from ranked
where ranked.place <= $most
