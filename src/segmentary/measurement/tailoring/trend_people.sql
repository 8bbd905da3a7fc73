-- One row: a segment, its members with anything of the dimension, and sums over them of the number of their months (n),
-- of those months' places in time (t) and squares (tt), and of the products of these.
with

months as (
    select
        parts.customer_id,
        parts.local_month - $origin as t
    from $parts as parts
    where parts.place = 1
),

people as (
    select
        months.customer_id,
        cast(count(*) as double) as n,
        sum(cast(months.t as double)) as t,
        sum(cast(months.t * months.t as double)) as tt
    from months
    group by months.customer_id
)

select
    members.segment,
    count(*) as people,
    sum(people.n) as n,
    sum(people.t) as t,
    sum(people.tt) as tt,
    sum(people.n * people.n) as n_n,
    sum(people.n * people.t) as n_t,
    sum(people.n * people.tt) as n_tt,
    sum(people.t * people.t) as t_t,
    sum(people.t * people.tt) as t_tt,
    sum(people.tt * people.tt) as tt_tt
from $members as members
inner join people on people.customer_id = members.customer_id
group by members.segment
