with answers as (
  select
    s.scale,
    coalesce(r.id_space, '') || ' ' || coalesce(r.record_id, r.row_key) || ' ' || coalesce(r.survey, '') || ' '
      || coalesce(r.wave, '') as respondent,
    r.item,
    case when s.turned then s.ends - cast(r.value as decimal(18, 4)) else cast(r.value as decimal(18, 4)) end as value,
    r.answered_at,
    r.known_at,
    r.row_number
  from $responses as r
  inner join $scales as s on s.item = r.item and (s.survey = '' or s.survey = coalesce(r.survey, ''))
  where try_cast(r.value as decimal(18, 4)) is not null
    and (r.missing_code is null or r.missing_code = '')
),
ranked as (
  select
    a.scale,
    a.respondent,
    a.item,
    a.value,
    row_number() over (
      partition by a.scale, a.respondent, a.item
      order by a.answered_at desc nulls last, a.known_at desc, a.row_number desc
    ) as place
  from answers as a
)
select
  k.scale,
  k.respondent,
  k.item,
  k.value
from ranked as k
where k.place = 1
order by k.scale, k.respondent, k.item
