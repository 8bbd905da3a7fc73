with named as (
  select
    a.entity_type,
    a.record_id,
    case
      when a.name like 'account\_%' escape '\' or a.name like 'household\_%' escape '\' then a.name
      else a.entity_type || '_' || a.name
    end as name,
    a.value,
    a.value_type,
    a.valid_from,
    a.valid_to,
    a.known_at
  from $attributes as a
  where a.entity_type in ('account', 'household')
),
together as (
  select
    b.customer_id,
    n.name,
    n.value,
    n.value_type,
    case
      when b.valid_from is null then n.valid_from
      when n.valid_from is null or n.valid_from < b.valid_from then b.valid_from
      else n.valid_from
    end as valid_from,
    case
      when b.valid_to is null then n.valid_to
      when n.valid_to is null or n.valid_to > b.valid_to then b.valid_to
      else n.valid_to
    end as valid_to,
    case when n.known_at > b.known_at then n.known_at else b.known_at end as known_at
  from $belongings as b
  inner join named as n on n.entity_type = b.group_kind and n.record_id = b.group_id
)
select distinct
  t.customer_id,
  t.name,
  t.value,
  t.value_type,
  t.valid_from,
  t.valid_to,
  t.known_at
from together as t
where (t.valid_from is null or t.valid_to is null or t.valid_from < t.valid_to)
  and t.name not in (
    select a.name
    from $customer_attributes as a
    where a.name like 'account\_%' escape '\' or a.name like 'household\_%' escape '\'
  )
