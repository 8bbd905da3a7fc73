select
  m.customer_id,
  'created_at' as name,
  strftime(min(r.created_at), '%Y-%m-%dT%H:%M:%S') as value,
  'time' as value_type,
  cast(null as timestamp) as valid_from,
  cast(null as timestamp) as valid_to,
  min(r.known_at) as known_at
from $records as r
inner join $identity_map as m on m.id_space = r.id_space and m.record_id = r.record_id
where r.created_at is not null and r.entity_type = 'customer'
group by m.customer_id
