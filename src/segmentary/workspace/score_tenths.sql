-- One row: a tenth of all scored, 1 those of the highest scores.
with ranked as (
    select
        scores.score,
        row_number() over (order by scores.score desc, scores.customer_id) as place
    from $scores as scores
),

placed as (
    select
        ranked.score,
        floor(cast(10 * (ranked.place - 1) as double) / cast($people as double)) + 1 as tenth
    from ranked
)

select
    placed.tenth,
    count(*) as people,
    sum(placed.score) as total
from placed
group by placed.tenth
