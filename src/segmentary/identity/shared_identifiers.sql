-- Identifiers that two records may share: every different one of a block that more than one record is in. Equal keys
-- are always in one block; whether two spellings of a block are one key is decided by the normalisation of keys.
with

blocked as (
    select distinct
        identifiers.kind,
        coalesce(identifiers.raw_value, identifiers.value) as raw_value,
        identifiers.id_space,
        identifiers.record_id,
        case identifiers.kind
            when 'email'
                then regexp_extract(
                    lower(coalesce(identifiers.raw_value, identifiers.value)), '([^<>\s:]+@[^<>\s]+)'
                )
            when 'phone'
                then right(
                    regexp_replace(coalesce(identifiers.raw_value, identifiers.value), '[^0-9]', '', 'g'), 6
                )
            else trim(coalesce(identifiers.raw_value, identifiers.value))
        end as block
    from $identifiers as identifiers
    inner join $nodes as nodes
        on nodes.id_space = identifiers.id_space
        and nodes.record_id = identifiers.record_id
    where coalesce(identifiers.verified, true)
),

shared as (
    select blocked.kind, blocked.block
    from blocked
    group by blocked.kind, blocked.block
    having count(distinct concat(blocked.id_space, ':', blocked.record_id)) > 1
)

select blocked.kind, blocked.raw_value, blocked.id_space, blocked.record_id
from blocked
inner join shared
    on shared.kind = blocked.kind
    and shared.block = blocked.block
order by blocked.kind, blocked.raw_value, blocked.id_space, blocked.record_id
