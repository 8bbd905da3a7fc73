-- One row: all customers with purchases, in sums.
select
    count(*) as customers,
    coalesce(sum(people.orders), 0) as orders,
    coalesce(sum(people.days), 0) as days,
    coalesce(sum(people.spend), 0) as spend,
    coalesce(sum(people.zero), 0) as zero,
    coalesce(sum(people.negative), 0) as negative,
    coalesce(sum(people.unknown), 0) as unknown,
    coalesce(sum(people.early), 0) as early,
    count(case when people.zero > 0 then 1 end) as people_zero,
    count(case when people.negative > 0 then 1 end) as people_negative,
    count(case when people.unknown > 0 then 1 end) as people_unknown,
    count(case when people.early > 0 then 1 end) as people_early,
    count(case when people.spend > 0 then 1 end) as paying,
    coalesce(sum(case when people.spend > 0 then ln(cast(people.spend as double)) end), 0) as log_spend,
    coalesce(
        sum(case when people.spend > 0 then ln(cast(people.spend as double)) * ln(cast(people.spend as double)) end), 0
    ) as log_spend_squared,
    min(people.first_day) as first_day,
    max(people.last_day) as last_day
from $people as people
