-- How the rows of each source lie in the day, the week and the last month, in local time.
with

local_times as (
    select timed.source, timezone($zone, timezone('UTC', timed.happened_at)) as local_at
    from $timed as timed
    where timed.happened_at is not null
)

select
    local_times.source,
    extract(hour from local_times.local_at) as hour,
    extract(isodow from local_times.local_at) as weekday,
    count(*) as row_count,
    count(*) filter (
        where extract(hour from local_times.local_at) = 0 and extract(minute from local_times.local_at) = 0
    ) as midnight_count,
    min(local_times.local_at) as first_at,
    max(local_times.local_at) as last_at,
    count(*) filter (where local_times.local_at < timestamp '1950-01-01 00:00:00') as ancient_count
from local_times
group by local_times.source, hour, weekday
order by local_times.source, hour, weekday
