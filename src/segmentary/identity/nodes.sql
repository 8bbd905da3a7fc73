-- Every id that some source uses for a customer: of a person, or of a group that is served as one.
with

-- one row = one group type whose groups have members: such groups are not customers themselves
groups_with_members as (
    select distinct relations.to_type as entity_type
    from $relations as relations
),

known_posters as (
    select distinct posting.record_id
    from $identifiers as posting
    inner join $identifiers as known on known.kind = posting.kind and known.value = posting.value
    where posting.id_space = 'social' and coalesce(known.id_space, '') <> 'social'
),

staff as (
    select distinct
        left(reference_rows.table_name, length(reference_rows.table_name) - 6) as id_space,
        reference_rows.reference_id as record_id
    from $reference_rows as reference_rows
    where right(reference_rows.table_name, 6) = '_staff'
),

mentions as (
    select records.id_space, records.record_id
    from $records as records
    where records.entity_type not in (select groups_with_members.entity_type from groups_with_members)
    union all
    select attributes.id_space, attributes.record_id
    from $attributes as attributes
    where attributes.entity_type not in (select groups_with_members.entity_type from groups_with_members)
    union all
    select order_lines.id_space, order_lines.record_id
    from $order_lines as order_lines
    union all
    select recorded_events.id_space, recorded_events.record_id
    from $recorded_events as recorded_events
    union all
    select responses.id_space, responses.record_id
    from $responses as responses
    union all
    select messages.id_space, messages.record_id
    from $messages as messages
    union all
    select consents.id_space, consents.record_id
    from $consents as consents
    union all
    select exposures.id_space, exposures.record_id
    from $exposures as exposures
    union all
    select relations.id_space, relations.record_id
    from $relations as relations
    where relations.from_type not in (select groups_with_members.entity_type from groups_with_members)
)

select distinct mentions.id_space, mentions.record_id
from mentions
where mentions.record_id is not null
  -- who answers for the market is no customer
  and coalesce(mentions.id_space, '') <> 'market'
  -- who posts somewhere is one only where another source knows the name
  and (
      coalesce(mentions.id_space, '') <> 'social'
      or mentions.record_id in (select known_posters.record_id from known_posters)
  )
  -- and our own people are none either
  and not exists (
      select 1
      from staff
      where staff.id_space = mentions.id_space and staff.record_id = mentions.record_id
  )
