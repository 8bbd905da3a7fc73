-- One row: a segment, how many of its members did anything of the dimension, and what they spent on it altogether.
with

people as (
    select
        facts.customer_id,
        sum(cast(facts.amount as double)) as spent
    from $facts as facts
    group by facts.customer_id
)

select
    members.segment,
    count(*) as people,
    sum(people.spent) as spent,
    sum(people.spent * people.spent) as spent_squares
from $members as members
inner join people on people.customer_id = members.customer_id
group by members.segment
