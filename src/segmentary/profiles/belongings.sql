-- Which customer is in which account or household, from when until when: by relations, and by the ids in their records.
select
    identity_map.customer_id,
    relations.to_type as group_kind,
    relations.to_id as group_id,
    relations.valid_from,
    relations.valid_to,
    relations.known_at
from $relations as relations
inner join $identity_map as identity_map
    on identity_map.id_space = relations.id_space
    and identity_map.record_id = relations.record_id
where relations.to_type in ('account', 'household') and relations.to_id is not null
union
select
    customer_attributes.customer_id,
    case when customer_attributes.name = 'account_id' then 'account' else 'household' end as group_kind,
    customer_attributes.value as group_id,
    customer_attributes.valid_from,
    customer_attributes.valid_to,
    customer_attributes.known_at
from $customer_attributes as customer_attributes
where customer_attributes.name in ('account_id', 'household_id') and customer_attributes.value is not null
