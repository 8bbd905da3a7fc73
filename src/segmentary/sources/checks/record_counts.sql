-- Deleted, merged and re-delivered records of each source.
select
    records.source,
    count(*) as row_count,
    count(distinct concat(records.entity_type, records.id_space, ':', records.record_id)) as record_count,
    count(distinct case when records.deleted then concat(records.id_space, ':', records.record_id) end)
        as deleted_count,
    count(distinct case when records.merged_into is not null then concat(records.id_space, ':', records.record_id) end)
        as merged_count,
    count(*) - count(distinct concat(records.load_id, records.entity_type, records.id_space, ':', records.record_id))
        as repeated_in_file
from $records as records
group by records.source
