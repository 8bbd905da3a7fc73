-- One row: a segment and a wave, with sums over its members who said what they spend anywhere: ours, all of it, and the
-- products of both.
with

spending as (
    select
        answers.customer_id,
        answers.wave,
        min(answers.weight) as weight,
        cast(sum(case when answers.item = $ours then answers.answer else 0 end) as double) as ours,
        cast(sum(answers.answer) as double) as spent
    from $answers as answers
    where answers.survey = $survey and answers.item in $items and answers.answer >= 0
    group by answers.customer_id, answers.wave
)

select
    members.segment,
    spending.wave,
    count(*) as people,
    sum(spending.weight * spending.ours) as ours,
    sum(spending.weight * spending.spent) as spent,
    sum(spending.weight * spending.ours * spending.weight * spending.ours) as ours_ours,
    sum(spending.weight * spending.ours * spending.weight * spending.spent) as ours_spent,
    sum(spending.weight * spending.spent * spending.weight * spending.spent) as spent_spent
from $members as members
inner join spending on spending.customer_id = members.customer_id
where spending.spent > 0
group by members.segment, spending.wave
