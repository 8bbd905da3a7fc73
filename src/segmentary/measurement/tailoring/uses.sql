-- One row: a segment and an item, with sums over the members who used it: of the part of their own uses that it is, of
-- what they spent on it, and of the products of that with all they spent.
with

uses as (
    select
        facts.customer_id,
        facts.item,
        count(*) as times,
        sum(cast(facts.amount as double)) as spent
    from $facts as facts
    group by facts.customer_id, facts.item
),

people as (
    select
        uses.customer_id,
        sum(uses.times) as times,
        sum(uses.spent) as spent
    from uses
    group by uses.customer_id
)

select
    members.segment,
    uses.item,
    count(*) as users,
    sum(cast(uses.times as double) / cast(people.times as double)) as parts,
    sum((cast(uses.times as double) / cast(people.times as double)) * (cast(uses.times as double) / cast(people.times as double))) as part_squares,
    sum(uses.spent) as spent,
    sum(uses.spent * uses.spent) as spent_squares,
    sum(uses.spent * people.spent) as spent_products
from $members as members
inner join uses on uses.customer_id = members.customer_id
inner join people on people.customer_id = members.customer_id
group by members.segment, uses.item
