-- Sums over customers: how many of two lists' offers of each customer were bought in the days after, out of so many.
with came as (
    select later.customer_id, later.item
    from $later as later
    left join $counts as counts on counts.customer_id = later.customer_id and counts.item = later.item
    where (counts.item is null) = $new or $any
),
people as (
    select came.customer_id
    from came
    join (select known.customer_id from $counts as known group by known.customer_id) as known
        on known.customer_id = came.customer_id
    group by came.customer_id
),
first_hits as (
    select one.customer_id, count(*) as hits
    from $one as one
    join came on came.customer_id = one.customer_id and came.item = one.item
    group by one.customer_id
),
second_hits as (
    select two.customer_id, count(*) as hits
    from $two as two
    join came on came.customer_id = two.customer_id and came.item = two.item
    group by two.customer_id
),
both_hits as (
    select
        cast(coalesce(first_hits.hits, 0) as double) as one,
        cast(coalesce(second_hits.hits, 0) as double) as two
    from people
    left join first_hits on first_hits.customer_id = people.customer_id
    left join second_hits on second_hits.customer_id = people.customer_id
)
select
    count(*) as people,
    coalesce(sum(both_hits.one), 0) as one,
    coalesce(sum(both_hits.one * both_hits.one), 0) as one_squared,
    coalesce(sum(both_hits.two), 0) as two,
    coalesce(sum(both_hits.two * both_hits.two), 0) as two_squared,
    coalesce(sum(both_hits.one * both_hits.two), 0) as both
from both_hits
