-- One row: a bin of scores with how many people are in it.
select
    bins.place,
    count(*) as people
from $bins as bins
join $scores as scores
    on scores.score >= bins.low
    and scores.score < bins.high
group by bins.place
