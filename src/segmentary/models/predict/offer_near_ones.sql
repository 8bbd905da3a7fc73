-- One row: a customer and a thing they never bought, ranked by how near it is to what they buy most.
with mine as (
    select
        counts.customer_id,
        counts.item,
        row_number() over (
            partition by counts.customer_id order by counts.times desc, counts.days_ago, counts.item
        ) as place
    from $counts as counts
),
scored as (
    select
        mine.customer_id,
        near.other as item,
        sum(near.near) as score,
        max(near.near) as nearest
    from mine
    join $near as near on near.item = mine.item
    where mine.place <= $basket
    group by mine.customer_id, near.other
),
ranked as (
    select
        scored.customer_id,
        scored.item,
        scored.nearest,
        row_number() over (partition by scored.customer_id order by scored.score desc, scored.item) as place
    from scored
    left join $counts as own on own.customer_id = scored.customer_id and own.item = scored.item
    left join $never as never on never.item = scored.item
    where own.item is null and never.item is null
)
select
    ranked.customer_id,
    ranked.item,
    ranked.place,
    min(near.item) as because
from ranked
join $near as near on near.other = ranked.item and near.near = ranked.nearest
join $counts as counts on counts.customer_id = ranked.customer_id and counts.item = near.item
where ranked.place <= $most
group by ranked.customer_id, ranked.item, ranked.place
