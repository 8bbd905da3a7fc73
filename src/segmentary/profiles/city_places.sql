-- Each city with the country and region that stood beside it: of the same source first, then the latest before it.
with cities as (
  select
    row_number() over (
      order by a.customer_id, a.valid_from, a.known_at, a.source, a.value, a.valid_to
    ) as city_row,
    a.customer_id,
    a.value as city,
    a.source,
    a.valid_from,
    a.valid_to,
    a.known_at
  from $customer_attributes as a
  where a.name = 'city' and a.value is not null and a.value <> ''
),
beside as (
  select
    c.city_row,
    o.name,
    o.value,
    o.known_at,
    row_number() over (
      partition by c.city_row, o.name
      order by
        case when o.source = c.source then 0 else 1 end,
        case when o.valid_from is null or o.valid_from <= c.valid_from then 0 else 1 end,
        o.valid_from desc nulls last,
        o.known_at desc,
        o.value
    ) as place
  from cities as c
  inner join $customer_attributes as o on o.customer_id = c.customer_id and o.name in ('country', 'region')
  where o.value is not null
)
select
  c.customer_id,
  c.city || $separator || coalesce(k.value, '') || $separator || coalesce(r.value, '') as raw,
  c.valid_from,
  c.valid_to,
  case
    when k.known_at > c.known_at and (r.known_at is null or r.known_at <= k.known_at) then k.known_at
    when r.known_at > c.known_at then r.known_at
    else c.known_at
  end as known_at
from cities as c
left join beside as k on k.city_row = c.city_row and k.name = 'country' and k.place = 1
left join beside as r on r.city_row = c.city_row and r.name = 'region' and r.place = 1
