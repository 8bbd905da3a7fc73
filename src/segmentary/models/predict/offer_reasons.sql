-- One row: an offer to a customer, with the reason in words.
with again as (
    select
        listed.customer_id,
        'buy again' as list,
        listed.place as rank,
        listed.item,
        case
            when listed.times = 1 then 'bought once'
            when listed.times = 2 then 'bought twice'
            else 'bought ' || cast(listed.times as varchar) || ' times'
        end
        || case
            when listed.days_ago = 0 then ', last today'
            when listed.days_ago = 1 then ', last yesterday'
            else ', last ' || cast(listed.days_ago as varchar) || ' days ago'
        end as reason
    from $again as listed
),
fresh as (
    select
        listed.customer_id,
        'discover' as list,
        listed.place as rank,
        listed.item,
        case
            when listed.because is not null
                then 'bought by people who buy ' || coalesce(known.name, listed.because)
            else 'bought by ' || cast(cast(floor(listed.share * 100 + 0.5) as integer) as varchar) || '% of customers'
        end as reason
    from $fresh as listed
    left join $names as known on known.item = listed.because
),
together as (
    select again.customer_id, again.list, again.rank, again.item, again.reason from again
    union all
    select fresh.customer_id, fresh.list, fresh.rank, fresh.item, fresh.reason from fresh
)
select
    together.customer_id,
    together.list,
    together.rank,
    together.item,
    coalesce(named.name, together.item) as name,
    together.reason
from together
left join $names as named on named.item = together.item
order by together.customer_id, together.list, together.rank
