-- One row: a customer and an item, how often it was used and for how much, beside all the customer did of the dimension.
with

uses as (
    select
        facts.customer_id,
        facts.item,
        count(*) as times,
        sum(cast(facts.amount as double)) as spent
    from $facts as facts
    group by facts.customer_id, facts.item
)

select
    uses.customer_id,
    uses.item,
    uses.spent,
    cast(uses.times as double) / cast(sum(uses.times) over (partition by uses.customer_id) as double) as part,
    sum(uses.spent) over (partition by uses.customer_id) as all_spent,
    row_number() over (partition by uses.customer_id order by uses.item) as place
from uses
