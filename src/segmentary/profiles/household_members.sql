-- How many customers share a household, from each moment at which that changes.
with belonging as (
  select
    m.customer_id,
    r.to_id,
    coalesce(r.valid_from, timestamp '0001-01-01 00:00:00') as since,
    coalesce(r.valid_to, timestamp '9999-12-31 00:00:00') as until,
    r.known_at
  from $relations as r
  inner join $identity_map as m on m.id_space = r.id_space and m.record_id = r.record_id
  where r.to_type = 'household'
  union
  select
    a.customer_id,
    a.value as to_id,
    coalesce(a.valid_from, timestamp '0001-01-01 00:00:00') as since,
    coalesce(a.valid_to, timestamp '9999-12-31 00:00:00') as until,
    a.known_at
  from $customer_attributes as a
  where a.name = 'household_id' and a.value is not null
),
small as (
  select b.to_id
  from belonging as b
  group by b.to_id
  having count(distinct b.customer_id) <= $largest
),
changes as (
  select b.to_id, b.since as changed_at
  from belonging as b
  inner join small as s on s.to_id = b.to_id
  union
  select b.to_id, b.until as changed_at
  from belonging as b
  inner join small as s on s.to_id = b.to_id
  where b.until < timestamp '9999-12-31 00:00:00'
),
sizes as (
  select
    c.to_id,
    c.changed_at,
    count(distinct b.customer_id) as members,
    max(b.known_at) as known_at
  from changes as c
  inner join belonging as b on b.to_id = c.to_id and b.since <= c.changed_at and c.changed_at < b.until
  group by c.to_id, c.changed_at
)
select distinct
  b.customer_id,
  'household_members' as name,
  cast(s.members as varchar) as value,
  'number' as value_type,
  case when s.changed_at > timestamp '0001-01-01 00:00:00' then s.changed_at end as valid_from,
  case when b.until < timestamp '9999-12-31 00:00:00' then b.until end as valid_to,
  s.known_at
from sizes as s
inner join belonging as b on b.to_id = s.to_id and b.since <= s.changed_at and s.changed_at < b.until
