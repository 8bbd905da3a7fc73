-- The newest version of every record that this load brings again.
select
    stored.record_id,
    arg_max(stored.row_key, struct_pack(ordinal := loads.ordinal, place := stored.row_number)) as row_key
from $stored as stored
inner join $loads as loads on loads.load_id = stored.load_id
where
    stored.source = $source
    and stored.entity_type = $entity_type
    and stored.record_id in (select staged.record_id from $staged as staged)
group by stored.record_id
