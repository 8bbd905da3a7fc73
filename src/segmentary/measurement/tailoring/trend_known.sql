-- One row: an item, how many people used it, and the first and last month it was used in.
select
    parts.item,
    count(distinct parts.customer_id) as users,
    min(parts.local_month) as first_month,
    max(parts.local_month) as last_month
from $parts as parts
group by parts.item
