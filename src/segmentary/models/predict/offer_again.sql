-- One row: a customer and a thing they bought before, ranked by how often (a little of everybody's taste added).
with scored as (
    select
        counts.customer_id,
        counts.item,
        counts.times,
        counts.days_ago,
        $score + items.share * $prior as score
    from $counts as counts
    join $items as items on items.item = counts.item
    left join $returned as returned
        on returned.customer_id = counts.customer_id and returned.item = counts.item
    left join $once as once on once.item = counts.item
    where items.customers >= $least
    and returned.item is null
    and once.item is null
),
ranked as (
    select
        scored.customer_id,
        scored.item,
        scored.times,
        scored.days_ago,
        row_number() over (
            partition by scored.customer_id order by scored.score desc, scored.days_ago, scored.item
        ) as place
    from scored
)
select ranked.customer_id, ranked.item, ranked.times, ranked.days_ago, ranked.place
from ranked
where ranked.place <= $most
