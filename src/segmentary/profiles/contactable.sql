with relevant as (
  select
    d.customer_id,
    d.granted,
    d.reason,
    case when d.happened_at is null and d.reason = 'opted out' then d.known_at else d.happened_at end as decided_at,
    row_number() over (
      partition by d.customer_id
      order by
        case when d.final then 0 else 1 end,
        -- An undated opt-out column is how things stood when it was delivered.
        case when d.happened_at is null and d.reason = 'opted out' then d.known_at else d.happened_at end
        desc nulls last,
        case when d.granted then 1 else 0 end,
        d.known_at desc,
        d.reason
    ) as place
  from $decisions as d
  where (d.purpose in ($purpose, 'any', 'all') or d.final)
    and (d.channel = $channel or d.channel = 'any')
    and (d.happened_at is null or d.happened_at <= $at)
)
select
  c.customer_id,
  case when r.customer_id is null then $allowed_by_default else r.granted end as allowed,
  case when r.customer_id is null then 'no decision' else r.reason end as reason,
  r.decided_at
from $customers as c
left join relevant as r on r.customer_id = c.customer_id and r.place = 1
