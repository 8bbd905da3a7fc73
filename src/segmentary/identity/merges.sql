-- Records that their source says were merged into another.
select distinct records.id_space, records.record_id, records.merged_into
from $records as records
inner join $nodes as nodes
    on nodes.id_space = records.id_space
    and nodes.record_id = records.merged_into
where
    records.merged_into is not null
    and records.merged_into <> records.record_id
order by records.id_space, records.record_id, records.merged_into
