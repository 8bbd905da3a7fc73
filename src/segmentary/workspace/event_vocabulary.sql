-- Which properties the events of each name carry, and of which JSON types.
with

-- one row = one property of one event
mentions as (
    select
        events.name,
        unnest(json_keys(events.properties)) as property,
        events.properties
    from $events as events
    where events.properties is not null and events.properties <> '{}'
)

select
    mentions.name,
    mentions.property,
    min(json_type(mentions.properties, '$."' || replace(mentions.property, '"', '\"') || '"')) as lowest_type,
    max(json_type(mentions.properties, '$."' || replace(mentions.property, '"', '\"') || '"')) as highest_type
from mentions
group by mentions.name, mentions.property
