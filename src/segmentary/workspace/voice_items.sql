-- What the answers to each question look like: sentences, or words to choose from.
select
  r.survey,
  r.item,
  count(*) as answers,
  count(distinct r.value) as different,
  avg(length(r.value) - length(replace(r.value, ' ', ''))) as blanks
from $responses as r
where r.value is not null
group by r.survey, r.item
