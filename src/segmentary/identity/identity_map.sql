-- The customer of every record: joined ones first, every other record is a customer of its own.
select
    nodes.id_space,
    nodes.record_id,
    coalesce(
        joined.customer_id,
        case when nodes.id_space = $primary then nodes.record_id else concat(nodes.id_space, ':', nodes.record_id) end
    ) as customer_id
from $nodes as nodes
left join $joined as joined
    on joined.id_space = nodes.id_space
    and joined.record_id = nodes.record_id
