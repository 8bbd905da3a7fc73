-- One row: a person with what they are expected to be worth; 1.96 standard errors (of logarithms) to either side.
with known as (
    select
        people.customer_id,
        cells.purchases,
        cells.alive,
        cells.worth,
        cells.variance,
        spends.base,
        spends.own,
        spends.cross_term,
        spends.pool,
        spends.base + spends.share * (
            case when bought.spend_days > 0 then bought.mean_spend * bought.spend_days else 0 end
            + case when bought.first_spend > 0 then spends.ratio * bought.first_spend else 0 end
        ) as spend
    from $people as people
    join $purchases as bought on bought.customer_id = people.customer_id
    join $cells as cells
        on cells.repeat_count = bought.repeat_count
        and cells.recency_days = bought.recency_days
        and cells.age_days = bought.age_days
    join $spends as spends
        on spends.days = bought.spend_days + case when bought.first_spend > 0 then $first else 0 end
),
shares as (
    select
        known.customer_id,
        known.purchases,
        known.alive,
        known.worth * known.spend as value,
        known.variance,
        known.own,
        known.cross_term,
        known.pool,
        cast(known.base as double) / cast(known.spend as double) as everybody
    from known
),
spread as (
    select
        shares.customer_id,
        shares.purchases,
        shares.alive,
        shares.value,
        exp(least(50, $z * sqrt(greatest(
            shares.variance
            + shares.own
            + shares.everybody * (shares.cross_term + shares.everybody * shares.pool),
            0
        )))) as factor
    from shares
)
select
    spread.customer_id,
    spread.value,
    cast(spread.value as double) / cast(spread.factor as double) as low,
    spread.value * spread.factor as high,
    spread.purchases,
    spread.alive
from spread
