-- What customers wrote or said in messages, with whom they are. What we wrote is not among it, nor what may be ours: a
-- message without a direction counts only where its source never says one.
with directed as (
  select m.source, count(m.direction) as known
  from $messages as m
  group by m.source
)
select
  'message' as kind,
  m.source,
  m.row_key,
  m.id_space,
  m.record_id,
  i.customer_id,
  coalesce(m.channel, 'message') as channel,
  coalesce(m.happened_at, m.known_at) as happened_at,
  m.conversation_id,
  m.campaign_id as topic_of,
  cast(null as varchar) as survey,
  cast(null as varchar) as item,
  cast(null as varchar) as wave,
  cast(null as double) as weight,
  cast(null as varchar) as stratum,
  cast(null as varchar) as cluster,
  m.text
from $messages as m
inner join directed on directed.source = m.source
left join $identity_map as i on i.id_space = m.id_space and i.record_id = m.record_id
where
  (m.direction = 'in' or directed.known = 0)
  and m.text is not null
  and coalesce(m.happened_at, m.known_at) < $until
  and ($since is null or coalesce(m.happened_at, m.known_at) >= $since)
