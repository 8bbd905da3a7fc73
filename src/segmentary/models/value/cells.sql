-- One row: a distinct summary of purchases, with how many customers it stands for.
select
    purchases.repeat_count,
    purchases.recency_days,
    purchases.age_days,
    count(*) as customers
from $purchases as purchases
group by purchases.repeat_count, purchases.recency_days, purchases.age_days
