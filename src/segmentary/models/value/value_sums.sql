-- One row: a segment with the sums its value and the uncertainty of its value are made of.
with known as (
    select
        members.segment,
        cells.purchases,
        cells.alive,
        cells.worth,
        cells.p0,
        cells.p1,
        cells.p2,
        cells.p3,
        cells.a0,
        cells.a1,
        cells.a2,
        cells.a3,
        spends.base,
        spends.slope_p,
        spends.slope_q,
        spends.base + spends.share * (
            case when bought.spend_days > 0 then bought.mean_spend * bought.spend_days else 0 end
            + case when bought.first_spend > 0 then spends.ratio * bought.first_spend else 0 end
        ) as spend
    from $members as members
    join $purchases as bought on bought.customer_id = members.customer_id
    join $cells as cells
        on cells.repeat_count = bought.repeat_count
        and cells.recency_days = bought.recency_days
        and cells.age_days = bought.age_days
    join $spends as spends
        on spends.days = bought.spend_days + case when bought.first_spend > 0 then $first else 0 end
)
select
    known.segment,
    count(*) as people,
    sum(known.worth * known.spend) as value,
    sum(known.worth * known.spend * known.p0) as value_0,
    sum(known.worth * known.spend * known.p1) as value_1,
    sum(known.worth * known.spend * known.p2) as value_2,
    sum(known.worth * known.spend * known.p3) as value_3,
    sum(known.worth * known.spend * known.slope_p) as value_p,
    sum(known.worth * known.spend * known.slope_q) as value_q,
    sum(known.worth * known.base) as value_gamma,
    sum(known.purchases) as purchases,
    sum(known.purchases * known.p0) as purchases_0,
    sum(known.purchases * known.p1) as purchases_1,
    sum(known.purchases * known.p2) as purchases_2,
    sum(known.purchases * known.p3) as purchases_3,
    sum(known.alive) as alive,
    sum(known.alive * known.a0) as alive_0,
    sum(known.alive * known.a1) as alive_1,
    sum(known.alive * known.a2) as alive_2,
    sum(known.alive * known.a3) as alive_3
from known
group by known.segment
