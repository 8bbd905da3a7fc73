-- One row: a segment and an item, with sums over its members of the item's part of their own months (y), of that times
-- the month's place (ty), and of the products of both with each other and with what trend_people.sql counts.
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
),

shares as (
    select
        parts.customer_id,
        parts.item,
        sum(parts.part) as y,
        sum((parts.local_month - $origin) * parts.part) as ty
    from $parts as parts
    where parts.item in $items
    group by parts.customer_id, parts.item
)

select
    members.segment,
    shares.item,
    count(*) as users,
    sum(shares.y) as y,
    sum(shares.ty) as ty,
    sum(shares.y * shares.y) as y_y,
    sum(shares.y * shares.ty) as y_ty,
    sum(shares.ty * shares.ty) as ty_ty,
    sum(shares.y * people.n) as y_n,
    sum(shares.y * people.t) as y_t,
    sum(shares.y * people.tt) as y_tt,
    sum(shares.ty * people.n) as ty_n,
    sum(shares.ty * people.t) as ty_t,
    sum(shares.ty * people.tt) as ty_tt
from $members as members
inner join shares on shares.customer_id = members.customer_id
inner join people on people.customer_id = members.customer_id
group by members.segment, shares.item
