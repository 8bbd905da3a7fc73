-- One row: a segment with the sums of its members' scores.
select
    members.segment,
    count(*) as people,
    sum(scores.score) as total,
    sum(scores.score * scores.score) as squares
from $members as members
join $scores as scores on scores.customer_id = members.customer_id
group by members.segment
