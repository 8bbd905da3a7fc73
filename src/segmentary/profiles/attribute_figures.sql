select
  held.name,
  count(held.value) as filled,
  count(case when held.value like '%_@_%.__%' then 1 end) as addresses,
  min(case when held.value_type = 'number' then try_cast(held.value as decimal(38, 10)) end) as low_number,
  max(case when held.value_type = 'number' then try_cast(held.value as decimal(38, 10)) end) as high_number,
  min(case when held.value_type in ('date', 'time') then held.value end) as low_text,
  max(case when held.value_type in ('date', 'time') then held.value end) as high_text
from $held as held
group by held.name
