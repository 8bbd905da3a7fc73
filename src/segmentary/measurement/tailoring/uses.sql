-- One row: a segment and an item, with sums over the members who used it: of the part of their own uses that it is, of
-- what they spent on it, and of the products of that with all they spent.
select
    members.segment,
    personal.item,
    count(*) as users,
    sum(personal.part) as parts,
    sum(personal.part * personal.part) as part_squares,
    sum(personal.spent) as spent,
    sum(personal.spent * personal.spent) as spent_squares,
    sum(personal.spent * personal.all_spent) as spent_products
from $members as members
inner join $personal as personal on personal.customer_id = members.customer_id
where personal.item in $items
group by members.segment, personal.item
