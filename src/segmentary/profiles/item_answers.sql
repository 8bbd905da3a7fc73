select
  m.customer_id,
  i.name,
  r.value,
  i.value_type,
  r.answered_at as valid_from,
  cast(null as timestamp) as valid_to,
  r.known_at
from $responses as r
inner join $identity_map as m on m.id_space = r.id_space and m.record_id = r.record_id
inner join $items as i on i.survey = coalesce(r.survey, '') and i.item = r.item
where r.value is not null
  and r.value <> ''
  and (r.missing_code is null or r.missing_code = '')
