-- One row: a segment and two waves, with how many of its members answered in both, and sums of their scores: 1 from
-- $promoter up, -1 up to $detractor, else 0.
with

scored as (
    select
        answers.customer_id,
        answers.wave,
        case when answers.answer >= $promoter then 1 when answers.answer <= $detractor then -1 else 0 end as score
    from $answers as answers
    where answers.survey = $survey and answers.item = $item
)

select
    members.segment,
    earlier.wave as earlier_wave,
    later.wave as later_wave,
    count(*) as people,
    sum(earlier.score) as earlier,
    sum(later.score) as later,
    sum(earlier.score * later.score) as product
from $members as members
inner join scored as earlier on earlier.customer_id = members.customer_id
inner join scored as later on later.customer_id = members.customer_id and later.wave <> earlier.wave
group by members.segment, earlier.wave, later.wave
