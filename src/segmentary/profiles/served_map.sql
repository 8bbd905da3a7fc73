-- The identity map without customers that are gone.
select identity_map.id_space, identity_map.record_id, identity_map.customer_id
from $identity_map as identity_map
where identity_map.customer_id not in (select gone.customer_id from $gone as gone)
