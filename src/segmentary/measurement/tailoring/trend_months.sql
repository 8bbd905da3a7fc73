-- One row: a segment, a month and an item, with the members who used it in that month and sums of its part of what each
-- of them did in it; the item '' holds all who did anything.
with

uses as (
    select
        facts.customer_id,
        facts.item,
        facts.local_month,
        count(*) as times
    from $facts as facts
    group by facts.customer_id, facts.item, facts.local_month
),

months as (
    select
        uses.customer_id,
        uses.local_month,
        sum(uses.times) as times
    from uses
    group by uses.customer_id, uses.local_month
),

parts as (
    select
        uses.customer_id,
        uses.local_month,
        uses.item,
        cast(uses.times as double) / cast(months.times as double) as part
    from uses
    inner join months on months.customer_id = uses.customer_id and months.local_month = uses.local_month
    union all
    select
        months.customer_id,
        months.local_month,
        '' as item,
        cast(1 as double) as part
    from months
)

select
    members.segment,
    parts.local_month,
    parts.item,
    count(*) as users,
    sum(parts.part) as parts,
    sum(parts.part * parts.part) as part_squares
from $members as members
inner join parts on parts.customer_id = members.customer_id
group by members.segment, parts.local_month, parts.item
