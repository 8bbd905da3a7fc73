-- The customer of every record, when no two records are joined.
select
    nodes.id_space,
    nodes.record_id,
    case when nodes.id_space = $primary then nodes.record_id else concat(nodes.id_space, ':', nodes.record_id) end
        as customer_id
from $nodes as nodes
