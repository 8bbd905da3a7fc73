-- Customers all of whose records, in their newest version, are deleted at their source.
with

ranked as (
    select
        identity_map.customer_id,
        coalesce(records.deleted, false) as deleted,
        row_number() over (
            partition by records.source, records.id_space, records.record_id
            order by loads.ordinal desc, records.row_number desc
        ) as place
    from $records as records
    inner join $loads as loads on loads.load_id = records.load_id
    inner join $identity_map as identity_map
        on identity_map.id_space = records.id_space
        and identity_map.record_id = records.record_id
)

select ranked.customer_id
from ranked
where ranked.place = 1
group by ranked.customer_id
having bool_and(ranked.deleted)
