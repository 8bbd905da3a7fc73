-- One row: a tenth by likeness with its people, and how many of them are members of the seed.
select
    scores.score as decile,
    count(*) as people,
    sum(case when seed.customer_id is null then 0 else 1 end) as members
from $scores as scores
left join $seed as seed on seed.customer_id = scores.customer_id
group by scores.score
