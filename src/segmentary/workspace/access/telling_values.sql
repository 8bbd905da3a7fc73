select
  held.name,
  count(held.value) as filled,
  count(case when held.value like '%_@_%.__%' then 1 end) as addresses,
  sum(length(held.value)) as characters
from customer_attributes as held
where held.value_type = 'text'
group by held.name
