-- What respondents answered to questions that ask for a text, with whom they are.
select
  'answer' as kind,
  r.source,
  r.row_key,
  r.id_space,
  coalesce(r.record_id, r.row_key) as record_id,
  i.customer_id,
  'survey' as channel,
  coalesce(r.answered_at, r.known_at) as happened_at,
  cast(null as varchar) as conversation_id,
  cast(null as varchar) as topic_of,
  r.survey,
  r.item,
  r.wave,
  cast(r.weight as double) as weight,
  r.stratum,
  r.cluster,
  r.value as text
from $responses as r
left join $identity_map as i on i.id_space = r.id_space and i.record_id = r.record_id
where
  r.value is not null
  and coalesce(r.answered_at, r.known_at) < $until
  and ($since is null or coalesce(r.answered_at, r.known_at) >= $since)
