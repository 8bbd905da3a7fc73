-- One row: a segment, a number of days stayed and whether that ended in leaving, with how many of its members.
with

happened as (
    select
        events.customer_id,
        events.name,
        cast((events.happened_at at time zone 'UTC') at time zone $zone as date) as day
    from $events as events
    where
        events.happened_at < $as_of
        and ($known_at is null or events.known_at <= $known_at)
        and ($starts is null or events.name in ($starts, $ends))
),

starts as (
    select
        happened.customer_id,
        min(happened.day) as day
    from happened
    where $starts is null or happened.name = $starts
    group by happened.customer_id
),

stays as (
    select
        starts.customer_id,
        min(starts.day) as began,
        min(case when happened.name = $ends and happened.day >= starts.day then happened.day end) as ended
    from starts
    inner join happened on happened.customer_id = starts.customer_id
    group by starts.customer_id
)

select
    members.segment,
    coalesce(cast(stays.ended as date), $today) - cast(stays.began as date) as duration,
    case when stays.ended is null then 0 else 1 end as left_then,
    count(*) as people
from $members as members
inner join stays on stays.customer_id = members.customer_id
group by
    members.segment,
    coalesce(cast(stays.ended as date), $today) - cast(stays.began as date),
    case when stays.ended is null then 0 else 1 end
