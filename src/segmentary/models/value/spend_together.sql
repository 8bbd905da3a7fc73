-- One row: repeat buyers with their mean spend, in the sums a correlation is made of.
select
    count(*) as people,
    coalesce(sum(purchases.repeat_count), 0) as x,
    coalesce(sum(purchases.mean_spend), 0) as z,
    coalesce(sum(purchases.repeat_count * purchases.repeat_count), 0) as xx,
    coalesce(sum(purchases.mean_spend * purchases.mean_spend), 0) as zz,
    coalesce(sum(purchases.repeat_count * purchases.mean_spend), 0) as xz
from $purchases as purchases
where purchases.spend_days > 0
