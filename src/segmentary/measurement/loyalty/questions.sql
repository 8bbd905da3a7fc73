-- One row: a question in a wave, how many answered it, over which range, how many in whole numbers, and when last.
select
    answers.survey,
    answers.item,
    answers.wave,
    count(*) as people,
    min(answers.answer) as low,
    max(answers.answer) as high,
    count(case when answers.answer = floor(answers.answer) then 1 end) as whole,
    max(answers.answered_at) as last_at
from $answers as answers
group by answers.survey, answers.item, answers.wave
