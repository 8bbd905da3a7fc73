-- Every account and household there is, with the first moment anything is known about it; those deleted are left out.
with

latest as (
    select
        records.entity_type as group_kind,
        records.record_id as group_id,
        records.deleted,
        min(records.created_at) over (partition by records.entity_type, records.record_id) as created_at,
        row_number() over (
            partition by records.entity_type, records.record_id
            order by loads.ordinal desc, records.row_number desc
        ) as place
    from $records as records
    inner join $loads as loads on loads.load_id = records.load_id
    where records.entity_type in ('account', 'household') and records.record_id is not null
),

mentions as (
    select latest.group_kind, latest.group_id, latest.created_at as first_at
    from latest
    where latest.place = 1
    union all
    select group_attributes.group_kind, group_attributes.group_id, group_attributes.valid_from as first_at
    from $group_attributes as group_attributes
    union all
    select belongings.group_kind, belongings.group_id, belongings.valid_from as first_at
    from $belongings as belongings
),

gone as (
    select latest.group_kind, latest.group_id
    from latest
    where latest.place = 1 and latest.deleted
)

select mentions.group_kind, mentions.group_id, min(mentions.first_at) as first_seen_at
from mentions
left join gone on gone.group_kind = mentions.group_kind and gone.group_id = mentions.group_id
where gone.group_id is null
group by mentions.group_kind, mentions.group_id
