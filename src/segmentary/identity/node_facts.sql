-- What decides which of several joined records gives the customer its id: one row per record and source.
with

mentions as (
    select
        records.id_space,
        records.record_id,
        records.source,
        loads.ordinal,
        coalesce(records.deleted, false) or records.merged_into is not null as gone
    from $records as records
    inner join $loads as loads on loads.load_id = records.load_id
    union all
    select
        identifiers.id_space,
        identifiers.record_id,
        identifiers.source,
        loads.ordinal,
        false as gone
    from $identifiers as identifiers
    inner join $loads as loads on loads.load_id = identifiers.load_id
)

select
    joined.id_space,
    joined.record_id,
    mentions.source,
    min(mentions.ordinal) as ordinal,
    bool_or(coalesce(mentions.gone, false)) as gone
from $joined as joined
left join mentions
    on mentions.id_space = joined.id_space
    and mentions.record_id = joined.record_id
group by joined.id_space, joined.record_id, mentions.source
