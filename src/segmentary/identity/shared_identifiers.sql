-- Every different identifier of every record that is a customer.
select distinct
    identifiers.kind,
    coalesce(identifiers.raw_value, identifiers.value) as raw_value,
    identifiers.id_space,
    identifiers.record_id
from $identifiers as identifiers
inner join $nodes as nodes
    on nodes.id_space = identifiers.id_space
    and nodes.record_id = identifiers.record_id
where coalesce(identifiers.verified, true)
order by identifiers.kind, raw_value, identifiers.id_space, identifiers.record_id
