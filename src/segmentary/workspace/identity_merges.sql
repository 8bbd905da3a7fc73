-- Customers made of several records: how many, of which sources, when the newest of them came, and whether what is
-- known of them agrees.
with

mentions as (
    select records.id_space, records.record_id, records.source, records.known_at
    from $records as records
    union all
    select identifiers.id_space, identifiers.record_id, identifiers.source, identifiers.known_at
    from $identifiers as identifiers
),

joined as (
    select identity_map.customer_id, count(*) as records
    from $identity_map as identity_map
    group by identity_map.customer_id
    having count(*) > 1
),

differing as (
    select customer_attributes.customer_id, customer_attributes.name
    from $customer_attributes as customer_attributes
    inner join joined on joined.customer_id = customer_attributes.customer_id
    where
        customer_attributes.name in ('first_name', 'last_name', 'birth_date', 'birth_year', 'gender')
        and customer_attributes.value is not null
    group by customer_attributes.customer_id, customer_attributes.name
    having count(distinct lower(trim(customer_attributes.value))) > 1
),

doubts as (
    select differing.customer_id, count(*) as differing
    from differing
    group by differing.customer_id
)

select
    joined.customer_id,
    joined.records,
    count(distinct mentions.source) as sources,
    max(mentions.known_at) as newest,
    coalesce(max(doubts.differing), 0) as differing
from joined
inner join $identity_map as identity_map on identity_map.customer_id = joined.customer_id
left join mentions
    on mentions.id_space = identity_map.id_space
    and mentions.record_id = identity_map.record_id
left join doubts on doubts.customer_id = joined.customer_id
group by joined.customer_id, joined.records
