-- How many customers share a household, from each moment at which that changes.
with belonging as (
  select
    h.customer_id,
    h.group_id as to_id,
    coalesce(h.valid_from, timestamp '0001-01-01 00:00:00') as since,
    coalesce(h.valid_to, timestamp '9999-12-31 00:00:00') as until,
    h.known_at
  from $belongings as h
  where h.group_kind = 'household'
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
