-- One row: a group, how many people it has, of how many the measure is known, and its sum and spread.
select
    valued.value,
    count(*) as people,
    count(valued.measure) as known,
    coalesce(sum(valued.measure), 0) as total,
    count(case when valued.measure not in (0, 1) then 1 end) as neither,
    var_samp(cast(valued.measure as double)) as variance
from $valued as valued
group by valued.value
