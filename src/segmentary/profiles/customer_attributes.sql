-- Attribute values in time, one history per customer, attribute and source: undated values hold from the beginning,
-- a value ends where the next different one begins, and of two that begin together the later known one holds.
with

groups_with_members as (
    select distinct relations.to_type as entity_type
    from $relations as relations
),

delivered as (
    select
        identity_map.customer_id,
        attributes.name,
        attributes.value,
        attributes.value_type,
        attributes.valid_from,
        attributes.valid_to,
        attributes.known_at,
        attributes.source,
        attributes.record_id = identity_map.customer_id as is_survivor,
        loads.ordinal,
        attributes.row_number
    from $attributes as attributes
    inner join $loads as loads on loads.load_id = attributes.load_id
    inner join $identity_map as identity_map
        on identity_map.id_space = attributes.id_space
        and identity_map.record_id = attributes.record_id
    where attributes.entity_type not in (select groups_with_members.entity_type from groups_with_members)
),

-- one row = one value that begins at a moment at which no later known value begins
beginnings as (
    select
        delivered.customer_id,
        delivered.name,
        delivered.value,
        delivered.value_type,
        delivered.valid_from,
        delivered.valid_to,
        delivered.known_at,
        delivered.source,
        delivered.is_survivor,
        delivered.ordinal,
        delivered.row_number
    from delivered
    qualify row_number() over (
        partition by delivered.customer_id, delivered.name, delivered.source, delivered.valid_from
        order by delivered.is_survivor desc, delivered.ordinal desc, delivered.row_number desc
    ) = 1
),

-- one row = one value that differs from the one before it
changes as (
    select
        beginnings.customer_id,
        beginnings.name,
        beginnings.value,
        beginnings.value_type,
        beginnings.valid_from,
        beginnings.valid_to,
        beginnings.known_at,
        beginnings.source
    from beginnings
    qualify
        row_number() over (
            partition by beginnings.customer_id, beginnings.name, beginnings.source
            order by beginnings.valid_from asc nulls first
        ) = 1
        or beginnings.value is distinct from lag(beginnings.value) over (
            partition by beginnings.customer_id, beginnings.name, beginnings.source
            order by beginnings.valid_from asc nulls first
        )
        or lag(beginnings.valid_to) over (
            partition by beginnings.customer_id, beginnings.name, beginnings.source
            order by beginnings.valid_from asc nulls first
        ) is not null
),

spans as (
    select
        changes.customer_id,
        changes.name,
        changes.value,
        changes.value_type,
        changes.valid_from,
        least(
            changes.valid_to,
            lead(changes.valid_from) over (
                partition by changes.customer_id, changes.name, changes.source
                order by changes.valid_from asc nulls first
            )
        ) as valid_to,
        changes.known_at,
        changes.source
    from changes
)

select
    spans.customer_id,
    spans.name,
    spans.value,
    spans.value_type,
    spans.valid_from,
    spans.valid_to,
    spans.known_at,
    spans.source
from spans
where spans.value is not null
