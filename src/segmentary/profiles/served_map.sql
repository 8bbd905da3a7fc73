-- The identity map without customers that are gone; the number of a customer is their place in the order of ids.
select
    identity_map.id_space,
    identity_map.record_id,
    identity_map.customer_id,
    dense_rank() over (order by identity_map.customer_id) as customer_number
from $identity_map as identity_map
where identity_map.customer_id not in (select gone.customer_id from $gone as gone)
