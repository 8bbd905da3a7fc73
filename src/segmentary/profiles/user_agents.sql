with seen as (
  select
    e.customer_id,
    json_extract_string(e.properties, '$.user_agent') as raw,
    e.happened_at,
    e.known_at,
    e.source,
    e.sequence,
    e.message_id
  from $events as e
  where e.properties like '%"user_agent"%'
),
-- Of several at one instant only the last counts, or the parts of two agents would be mixed.
ordered as (
  select
    s.customer_id,
    s.raw,
    s.happened_at,
    s.known_at,
    lead(s.happened_at) over (
      partition by s.customer_id order by s.happened_at, s.source, s.sequence, s.message_id, s.raw
    ) as next_at,
    lag(s.raw) over (
      partition by s.customer_id order by s.happened_at, s.source, s.sequence, s.message_id, s.raw
    ) as previous_raw,
    lag(s.known_at) over (
      partition by s.customer_id order by s.happened_at, s.source, s.sequence, s.message_id, s.raw
    ) as previous_known_at,
    lag(s.happened_at) over (
      partition by s.customer_id order by s.happened_at, s.source, s.sequence, s.message_id, s.raw
    ) as previous_at
  from seen as s
  where s.raw is not null and s.raw <> ''
),
changes as (
  select
    o.customer_id,
    o.raw,
    o.happened_at,
    o.known_at
  from ordered as o
  where (o.next_at is null or o.next_at <> o.happened_at)
    and (
      o.previous_raw is null
      or o.previous_raw <> o.raw
      or o.previous_known_at > o.known_at
      or o.previous_at = o.happened_at
    )
)
select
  c.customer_id,
  c.raw,
  c.happened_at as valid_from,
  lead(c.happened_at) over (partition by c.customer_id order by c.happened_at) as valid_to,
  c.known_at
from changes as c
union all
select
  a.customer_id,
  a.value as raw,
  a.valid_from,
  a.valid_to,
  a.known_at
from $customer_attributes as a
where a.name = 'user_agent' and a.value is not null and a.value <> ''
