with latest_records as (
  select
    r.id_space,
    r.record_id,
    r.deleted and (r.merged_into is null or r.merged_into = '') as deleted,
    r.known_at,
    r.source,
    row_number() over (
      partition by r.source, r.id_space, r.record_id order by r.known_at desc, r.row_number desc
    ) as place
  from $records as r
  where r.entity_type = 'customer'
)
select
  c.customer_id,
  coalesce(nullif(lower(c.purpose), ''), $marketing) as purpose,
  coalesce(nullif(lower(c.channel), ''), 'any') as channel,
  c.granted,
  c.happened_at,
  c.known_at,
  case when c.granted then 'granted' else 'denied' end as reason,
  false as final,
  c.source
from $customer_consents as c
where c.granted is not null
union all
select
  e.customer_id,
  $marketing as purpose,
  $event_channel as channel,
  false as granted,
  e.happened_at,
  e.known_at,
  'unsubscribed' as reason,
  false as final,
  e.source
from $events as e
where e.name in $opt_out_events
union all
select
  a.customer_id,
  $marketing as purpose,
  $name_channel as channel,
  not (a.name in $opt_out_names) and lower(a.value) in ('true', 'yes', 'y', '1', 'subscribed') as granted,
  a.valid_from as happened_at,
  a.known_at,
  case
    when not (a.name in $opt_out_names) and lower(a.value) in ('true', 'yes', 'y', '1', 'subscribed') then 'granted'
    else 'opted out'
  end as reason,
  false as final,
  a.source
from $customer_attributes as a
where a.name in $opt_names
  and (
    lower(a.value) in ('true', 'yes', 'y', '1', 'subscribed')
    or (
      not (a.name in $opt_out_names)
      and lower(a.value) in ('false', 'no', 'n', '0', 'unsubscribed')
    )
  )
union all
select
  m.customer_id,
  $marketing as purpose,
  'any' as channel,
  false as granted,
  cast(null as timestamp) as happened_at,
  d.known_at,
  'deleted' as reason,
  true as final,
  d.source
from latest_records as d
inner join $identity_map as m on m.id_space = d.id_space and m.record_id = d.record_id
where d.place = 1 and d.deleted
