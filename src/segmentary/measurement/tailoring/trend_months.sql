-- One row: a segment, a month and an item, with the members who used it in that month and sums of its part of what each
-- of them did in it; the item '' holds all who did anything.
with

told as (
    select
        parts.customer_id,
        parts.local_month,
        parts.item,
        parts.part
    from $parts as parts
    where parts.item in $items
    union all
    select
        parts.customer_id,
        parts.local_month,
        '' as item,
        cast(1 as double) as part
    from $parts as parts
    where parts.place = 1
)

select
    members.segment,
    told.local_month,
    told.item,
    count(*) as users,
    sum(told.part) as parts,
    sum(told.part * told.part) as part_squares
from $members as members
inner join told on told.customer_id = members.customer_id
group by members.segment, told.local_month, told.item
