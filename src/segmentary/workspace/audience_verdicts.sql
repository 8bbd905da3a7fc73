with facts as (
  select
    p.customer_id,
    p.segment,
    p.priority,
    a.address,
    case when a.customer_id is null then 0 else 1 end as has_address,
    case when e.customer_id is null then 0 else 1 end as is_excluded,
    case when s.address_hash is null and sp.customer_id is null then 0 else 1 end as is_suppressed,
    case when c.customer_id is null then 0 else 1 end as is_capped,
    case when j.customer_id is null then 0 else 1 end as is_travelling,
    case when v.customer_id is null or v.reason = 'deleted' then 1 else 0 end as is_deleted,
    -- The later of what files say and of what was taken down here; of one instant the refusal.
    case
      when l.customer_id is not null and (v.reason = 'no decision' or v.decided_at is null or l.decided_at > v.decided_at)
        then case when l.granted then 1 else 0 end
      when v.reason = 'no decision' then null
      when l.customer_id is not null and l.decided_at = v.decided_at and not l.granted then 0
      when v.allowed then 1
      else 0
    end as consents
  from $people as p
  left join $verdicts as v on v.customer_id = p.customer_id
  left join $live as l on l.customer_id = p.customer_id
  left join $excluded as e on e.customer_id = p.customer_id
  left join $addresses as a on a.customer_id = p.customer_id
  left join $suppressed as s on s.address_hash = a.address_hash
  left join $suppressed_people as sp on sp.customer_id = p.customer_id
  left join $capped as c on c.customer_id = p.customer_id
  left join $travelling as j on j.customer_id = p.customer_id
),
first as (
  select
    f.customer_id,
    f.segment,
    f.priority,
    f.address,
    f.is_capped,
    f.is_travelling,
    case
      when f.is_excluded = 1 then 'excluded'
      when f.is_deleted = 1 then 'deleted'
      when $by_address and f.has_address = 0 then 'no_address'
      when $by_address and f.address is null then 'invalid_address'
      when f.is_suppressed = 1 then 'suppressed'
      when f.consents = 0 then 'refused'
      when f.consents is null and $consent_needed then 'no_consent'
      else ''
    end as reason
  from facts as f
),
placed as (
  select
    o.customer_id,
    o.segment,
    o.is_capped,
    o.is_travelling,
    o.reason,
    row_number() over (partition by o.reason, o.address order by o.priority, o.customer_id) as place
  from first as o
)
select
  p.customer_id,
  p.segment,
  case
    when p.reason <> '' then p.reason
    when $by_address and p.place > 1 then 'same_address'
    when p.is_capped = 1 then 'capped'
    when p.is_travelling = 1 then 'in_journey'
    when $held_out then 'global_holdout'
    else ''
  end as reason
from placed as p
