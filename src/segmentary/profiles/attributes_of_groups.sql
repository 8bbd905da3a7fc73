-- Attributes of accounts and households in time, as their records say them; a missing value ends an earlier one.
select
    attributes.entity_type as group_kind,
    attributes.record_id as group_id,
    attributes.name,
    attributes.value,
    attributes.value_type,
    attributes.valid_from,
    attributes.valid_to,
    attributes.known_at,
    attributes.source
from $attributes as attributes
where attributes.entity_type in ('account', 'household') and attributes.record_id is not null
