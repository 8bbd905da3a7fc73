-- One row: a customer, a month and an item, with the item's part of what the customer did in the month.
with

uses as (
    select
        facts.customer_id,
        facts.local_month,
        facts.item,
        count(*) as times
    from $facts as facts
    group by facts.customer_id, facts.local_month, facts.item
)

select
    uses.customer_id,
    uses.local_month,
    uses.item,
    cast(uses.times as double)
    / cast(sum(uses.times) over (partition by uses.customer_id, uses.local_month) as double) as part,
    row_number() over (partition by uses.customer_id, uses.local_month order by uses.item) as place
from uses
