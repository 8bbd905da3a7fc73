-- One row: customers who spent more than a border, in sums.
select
    count(*) as customers,
    coalesce(sum(people.spend), 0) as spend,
    coalesce(max(people.spend), 0) as most
from $people as people
where people.spend > $border
