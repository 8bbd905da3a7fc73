-- One row: a segment and an item, with sums over its members of the item's part of their own months (y), of that times
-- the month's place (ty), and of the products of both with each other and with what trend_people.sql counts.
with

uses as (
    select
        facts.customer_id,
        facts.item,
        facts.local_month - $origin as t,
        count(*) as times
    from $facts as facts
    group by facts.customer_id, facts.item, facts.local_month
),

months as (
    select
        uses.customer_id,
        uses.t,
        sum(uses.times) as times
    from uses
    group by uses.customer_id, uses.t
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

parts as (
    select
        uses.customer_id,
        uses.item,
        sum(cast(uses.times as double) / cast(months.times as double)) as y,
        sum(uses.t * (cast(uses.times as double) / cast(months.times as double))) as ty
    from uses
    inner join months on months.customer_id = uses.customer_id and months.t = uses.t
    group by uses.customer_id, uses.item
)

select
    members.segment,
    parts.item,
    count(*) as users,
    sum(parts.y) as y,
    sum(parts.ty) as ty,
    sum(parts.y * parts.y) as y_y,
    sum(parts.y * parts.ty) as y_ty,
    sum(parts.ty * parts.ty) as ty_ty,
    sum(parts.y * people.n) as y_n,
    sum(parts.y * people.t) as y_t,
    sum(parts.y * people.tt) as y_tt,
    sum(parts.ty * people.n) as ty_n,
    sum(parts.ty * people.t) as ty_t,
    sum(parts.ty * people.tt) as ty_tt
from $members as members
inner join parts on parts.customer_id = members.customer_id
inner join people on people.customer_id = members.customer_id
group by members.segment, parts.item
