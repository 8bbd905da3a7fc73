with counted as (
  select
    held.name,
    held.value,
    count(*) as customers
  from $held as held
  where held.value is not null
  group by held.name, held.value
),
ranked as (
  select
    counted.name,
    counted.value,
    counted.customers,
    row_number() over (partition by counted.name order by counted.customers desc, counted.value) as place
  from counted
)
select ranked.name, ranked.value, ranked.customers
from ranked
where ranked.place <= $top
order by ranked.name, ranked.place
