-- Which properties the events of each name carry, and of which JSON types.
with

-- one row = one set of properties that events of one name carry together, with two of those events
shapes as (
    select
        events.name,
        json_keys(events.properties) as properties,
        min(events.properties) as lowest,
        max(events.properties) as highest
    from $events as events
    where events.properties is not null and events.properties <> '{}'
    group by events.name, json_keys(events.properties)
),

-- one row = one property of one such event
mentions as (
    select shapes.name, unnest(shapes.properties) as property, shapes.lowest as example
    from shapes
    union all
    select shapes.name, unnest(shapes.properties) as property, shapes.highest as example
    from shapes
)

select
    mentions.name,
    mentions.property,
    min(json_type(mentions.example, '$."' || replace(mentions.property, '"', '\"') || '"')) as lowest_type,
    max(json_type(mentions.example, '$."' || replace(mentions.property, '"', '\"') || '"')) as highest_type
from mentions
group by mentions.name, mentions.property
