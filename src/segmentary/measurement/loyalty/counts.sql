-- One row: a segment, a wave and an answer, with how many of its members gave it, and their weights.
select
    members.segment,
    answers.wave,
    answers.answer,
    count(*) as people,
    sum(answers.weight) as weight,
    sum(answers.weight * answers.weight) as weight_squares
from $members as members
inner join $answers as answers on answers.customer_id = members.customer_id
where answers.survey = $survey and answers.item = $item
group by members.segment, answers.wave, answers.answer
