-- Recorded events with their customers: of the order they name, else of the conversation or parcel they belong to;
-- and what is known about orders without a time of its own, as events at the time of the order.
with

orders as (
    select
        lines.order_id,
        min(lines.happened_at) as happened_at,
        min_by(lines.id_space, concat(lines.source, ':', lines.row_key)) as id_space,
        min_by(lines.record_id, concat(lines.source, ':', lines.row_key)) as record_id
    from $lines as lines
    where lines.record_id is not null and lines.sale_kind != 'return'
    group by lines.order_id
),

named as (
    select
        recorded_events.* exclude (id_space, record_id),
        coalesce(recorded_events.id_space, case when recorded_events.record_id is null then orders.id_space end)
            as id_space,
        coalesce(recorded_events.record_id, orders.record_id) as record_id
    from $recorded_events as recorded_events
    left join orders on orders.order_id = recorded_events.order_id
),

owners as (
    select named.session_id, named.id_space, named.record_id
    from named
    inner join $loads as loads on loads.load_id = named.load_id
    where named.name in $owning and named.record_id is not null and named.session_id is not null
    qualify
        row_number() over (
            partition by named.session_id order by loads.ordinal desc, named.row_number desc, named.source
        ) = 1
),

facts as (
    select
        order_lines.*,
        orders.id_space as order_space,
        orders.record_id as order_record,
        orders.happened_at as ordered_at
    from $order_lines as order_lines
    inner join orders on orders.order_id = order_lines.order_id
    where
        order_lines.sale_kind = 'no_sale'
        and order_lines.record_id is null
        and json_extract_string(order_lines.properties, '$.status') = $event_of_order
)

select
    named.source,
    named.row_key,
    named.row_number,
    named.known_at,
    case when named.record_id is null then owners.id_space else named.id_space end as id_space,
    coalesce(named.record_id, owners.record_id) as record_id,
    named.name,
    named.happened_at,
    named.sequence,
    named.message_id,
    named.order_id,
    named.session_id,
    named.amount,
    named.currency,
    named.product_id,
    named.category,
    named.brand,
    named.quantity,
    named.channel,
    named.properties
from named
left join owners on owners.session_id = named.session_id

union all

select
    facts.source,
    facts.row_key,
    facts.row_number,
    facts.known_at,
    facts.order_space as id_space,
    facts.order_record as record_id,
    json_extract_string(facts.properties, '$.event') as name,
    facts.ordered_at as happened_at,
    facts.row_number as sequence,
    cast(null as varchar) as message_id,
    facts.order_id,
    cast(null as varchar) as session_id,
    cast(null as decimal(18, 4)) as amount,
    cast(null as varchar) as currency,
    cast(null as varchar) as product_id,
    cast(null as varchar) as category,
    cast(null as varchar) as brand,
    cast(null as decimal(18, 4)) as quantity,
    cast(null as varchar) as channel,
    facts.properties
from facts
