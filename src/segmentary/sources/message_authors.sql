-- Messages whose direction or customer follows from who wrote them, with both.
with

staff as (
    select distinct
        left(reference_rows.table_name, length(reference_rows.table_name) - 6) as id_space,
        reference_rows.reference_id as record_id
    from $reference_rows as reference_rows
    where right(reference_rows.table_name, 6) = '_staff'
),

spaces as (
    select distinct staff.id_space from staff
),

owners as (
    select recorded_events.session_id, recorded_events.id_space, recorded_events.record_id
    from $recorded_events as recorded_events
    inner join $loads as loads on loads.load_id = recorded_events.load_id
    where
        recorded_events.name in $owning
        and recorded_events.record_id is not null
        and recorded_events.session_id is not null
    qualify
        row_number() over (
            partition by recorded_events.session_id
            order by loads.ordinal desc, recorded_events.row_number desc, recorded_events.source
        ) = 1
),

judged as (
    select
        messages.source,
        messages.row_key,
        messages.direction as direction_before,
        messages.record_id as record_before,
        owners.id_space as owner_space,
        owners.record_id as owner_record,
        messages.id_space as space_before,
        case
            when staff.record_id is not null then 'out'
            when messages.direction is not null then messages.direction
            when owners.record_id = messages.record_id or spaces.id_space is not null then 'in'
        end as direction
    from $messages as messages
    left join staff on staff.id_space = messages.id_space and staff.record_id = messages.record_id
    left join spaces on spaces.id_space = messages.id_space
    left join owners on owners.session_id = messages.conversation_id
    where messages.conversation_id is not null
),

told as (
    select
        judged.source,
        judged.row_key,
        judged.direction,
        judged.direction_before,
        judged.record_before,
        case
            when judged.direction = 'out' and judged.owner_record is not null then judged.owner_space
            else judged.space_before
        end as id_space,
        case
            when judged.direction = 'out' and judged.owner_record is not null then judged.owner_record
            else judged.record_before
        end as record_id
    from judged
)

select told.source, told.row_key, told.direction, told.id_space, told.record_id
from told
where
    told.direction is distinct from told.direction_before
    or told.record_id is distinct from told.record_before
