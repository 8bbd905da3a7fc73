with decided as (
  select
    d.customer_id,
    'consent_' || d.purpose || '_' || d.channel as name,
    d.granted,
    d.happened_at,
    d.known_at,
    d.reason
  from $decisions as d
  where not d.final
  union all
  select
    d.customer_id,
    'may_contact_' || c.channel as name,
    d.granted,
    d.happened_at,
    d.known_at,
    d.reason
  from $decisions as d
  inner join $channels as c on d.channel = c.channel or d.channel = 'any'
  where d.purpose in ($marketing, 'any', 'all') and not d.final
),
-- Of decisions at one instant the refusal wins.
instants as (
  select
    d.customer_id,
    d.name,
    min(case when d.granted then 1 else 0 end) as granted,
    d.happened_at,
    max(d.known_at) as known_at
  from decided as d
  group by d.customer_id, d.name, d.happened_at
),
-- An undated opt-out column is how things stood when it was delivered: no earlier consent survives it.
standing as (
  select
    d.customer_id,
    d.name,
    max(d.known_at) as known_at
  from decided as d
  where d.happened_at is null and d.reason = 'opted out'
  group by d.customer_id, d.name
),
deleted as (
  select
    d.customer_id,
    min(d.known_at) as known_at
  from $decisions as d
  where d.final
  group by d.customer_id
)
select
  i.customer_id,
  i.name,
  case
    when i.granted = 1 and g.customer_id is null and (s.customer_id is null or i.happened_at > s.known_at) then 'true'
    else 'false'
  end as value,
  'boolean' as value_type,
  i.happened_at as valid_from,
  cast(null as timestamp) as valid_to,
  i.known_at
from instants as i
left join deleted as g on g.customer_id = i.customer_id
left join standing as s on s.customer_id = i.customer_id and s.name = i.name
where i.name not in $taken
union all
select
  g.customer_id,
  'may_contact_' || c.channel as name,
  'false' as value,
  'boolean' as value_type,
  cast(null as timestamp) as valid_from,
  cast(null as timestamp) as valid_to,
  g.known_at
from deleted as g
cross join $channels as c
where 'may_contact_' || c.channel not in $taken
