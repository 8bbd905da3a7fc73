-- One row: a customer who ever bought, with everything known beside what the lifetime and the spend model say.
with matched as (
    select
        purchases.customer_id,
        cast(purchases.repeat_count as double) as repeats,
        cast(purchases.age_days - purchases.recency_days as double) as days_since,
        cast(purchases.age_days as double) as days_known,
        greatest(cast(purchases.total_spend as double), cast(0 as double)) as total,
        cells.expected,
        cells.alive,
        cells.chance,
        case
            when purchases.spend_days >= 1 and purchases.mean_spend > 0
                then worth.base + worth.slope * purchases.mean_spend
            else anybody.base
        end as worth
    from $purchases as purchases
    join $cells as cells
        on cells.repeat_count = purchases.repeat_count
        and cells.recency_days = purchases.recency_days
        and cells.age_days = purchases.age_days
    join $worth as worth on worth.spend_days = purchases.spend_days
    cross join (select paid.base from $worth as paid where paid.spend_days = 0) as anybody
)
select
    people.*,
    matched.repeats as "bought.repeats",
    matched.days_since as "bought.days_since",
    matched.days_known as "bought.days_known",
    matched.total as "bought.total",
    cast(matched.total as double) / cast(matched.repeats + cast(1 as double) as double) as "bought.mean",
    matched.expected as "bought.expected",
    matched.alive as "bought.alive",
    matched.worth as "bought.worth",
    matched.expected * matched.worth as "bought.value",
    matched.chance as "bought.chance",
    ln(cast(1 as double) + matched.repeats) as "log.repeats",
    ln(cast(1 as double) + matched.days_since) as "log.days_since",
    ln(cast(1 as double) + matched.days_known) as "log.days_known",
    ln(cast(1 as double) + matched.total) as "log.total"
from $people as people
join matched on matched.customer_id = people.customer_id
