-- One row: a segment, how many of its members did anything of the dimension, and what they spent on it altogether.
select
    members.segment,
    count(*) as people,
    sum(personal.all_spent) as spent,
    sum(personal.all_spent * personal.all_spent) as spent_squares
from $members as members
inner join $personal as personal on personal.customer_id = members.customer_id
where personal.place = 1
group by members.segment
