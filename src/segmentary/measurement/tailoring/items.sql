-- One row: an item and how many people used it.
select
    personal.item,
    count(*) as users
from $personal as personal
group by personal.item
having count(*) >= $least
