-- Decisions of customers, wherever they were taken.
select
    identity_map.customer_id,
    consents.purpose,
    consents.channel,
    consents.granted,
    consents.happened_at,
    consents.known_at,
    consents.source
from $consents as consents
inner join $identity_map as identity_map
    on identity_map.id_space = consents.id_space
    and identity_map.record_id = consents.record_id
