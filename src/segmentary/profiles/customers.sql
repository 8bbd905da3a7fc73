-- Everybody we serve, with the first moment anything is known about them: what we predict makes nobody known.
with

created as (
    select identity_map.customer_id, min(records.created_at) as created_at
    from $records as records
    inner join $identity_map as identity_map
        on identity_map.id_space = records.id_space
        and identity_map.record_id = records.record_id
    where records.created_at is not null
    group by identity_map.customer_id
),

active as (
    select events.customer_id, min(events.happened_at) as first_at
    from $events as events
    group by events.customer_id
),

dated as (
    select customer_attributes.customer_id, min(customer_attributes.valid_from) as first_at
    from $customer_attributes as customer_attributes
    where customer_attributes.valid_from is not null
    and customer_attributes.source != $predictions
    group by customer_attributes.customer_id
),

people as (
    select distinct identity_map.customer_id
    from $identity_map as identity_map
)

select
    people.customer_id,
    created.created_at,
    least(created.created_at, active.first_at, dated.first_at) as first_seen_at
from people
left join created on created.customer_id = people.customer_id
left join active on active.customer_id = people.customer_id
left join dated on dated.customer_id = people.customer_id
