-- The mean of the answers of one wave, exact to four decimals: whole ten-thousandths, rounded half up.
with answers as (
  select
    m.customer_id,
    s.scale,
    s.needed,
    coalesce(r.survey, '') as survey,
    coalesce(r.wave, '') as wave,
    r.item,
    case when s.turned then s.ends - cast(r.value as decimal(18, 4)) else cast(r.value as decimal(18, 4)) end as value,
    r.answered_at,
    r.known_at,
    row_number() over (
      partition by m.customer_id, s.scale, coalesce(r.survey, ''), coalesce(r.wave, ''), r.item
      order by r.answered_at desc nulls last, r.known_at desc, r.row_number desc
    ) as place
  from $responses as r
  inner join $identity_map as m on m.id_space = r.id_space and m.record_id = r.record_id
  inner join $scales as s on s.item = r.item and (s.survey = '' or s.survey = coalesce(r.survey, ''))
  where try_cast(r.value as decimal(18, 4)) is not null
    and (r.missing_code is null or r.missing_code = '')
),
totals as (
  select
    a.customer_id,
    a.scale,
    a.survey,
    a.wave,
    cast(sum(a.value) * 10000 as hugeint) as total,
    count(*) as answered,
    max(a.answered_at) as answered_at,
    max(a.known_at) as known_at
  from answers as a
  where a.place = 1
  group by a.customer_id, a.scale, a.survey, a.wave, a.needed
  having count(*) >= a.needed
)
select
  t.customer_id,
  'attitude_' || t.scale as name,
  cast(cast(((2 * t.total + t.answered) // (2 * t.answered)) as decimal(18, 0)) * cast('0.0001' as decimal(5, 4)) as varchar)
    as value,
  'number' as value_type,
  t.answered_at as valid_from,
  cast(null as timestamp) as valid_to,
  t.known_at
from totals as t
