select
  coalesce(r.survey, '') as survey,
  r.item,
  count(*) as answers,
  count(try_cast(r.value as decimal(18, 4))) as numbers,
  min(try_cast(r.value as decimal(18, 4))) as low,
  max(try_cast(r.value as decimal(18, 4))) as high
from $responses as r
where r.item is not null
  and r.value is not null
  and r.value <> ''
  and (r.missing_code is null or r.missing_code = '')
group by coalesce(r.survey, ''), r.item
order by survey, r.item
