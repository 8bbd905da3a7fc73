-- Lines of orders with everything in its place. Lines and refunds that came without customer or time take both from
-- their order; the sum of an order stays the order's own amount.
with

marked as (
    select
        order_lines.*,
        json_extract_string(order_lines.properties, '$.status') as status,
        json_extract_string(order_lines.properties, '$.line_id') as line_id,
        json_extract_string(order_lines.properties, '$.refund_line_id') as refund_line_id,
        loads.ordinal,
        order_lines.sale_kind = 'no_sale'
        and order_lines.record_id is null
        and coalesce(json_extract_string(order_lines.properties, '$.status'), '') in $waiting as waits
    from $order_lines as order_lines
    inner join $loads as loads on loads.load_id = order_lines.load_id
),

-- one row = an order that is told by one row without a product: its newest
orders as (
    select
        marked.source,
        marked.row_key,
        marked.order_id,
        marked.id_space,
        marked.record_id,
        marked.happened_at,
        marked.known_at,
        marked.sale_kind,
        marked.amount,
        marked.channel,
        marked.place_id,
        case
            when coalesce(marked.original_amount, 0) = 0 then 1
            else cast(marked.amount as double) / cast(marked.original_amount as double)
        end as rate
    from marked
    where not marked.waits and marked.record_id is not null
    qualify
        row_number() over (
            partition by marked.order_id order by marked.ordinal desc, marked.source, marked.row_key
        ) = 1
        and bool_and(marked.product_id is null) over (partition by marked.order_id)
),

-- one row = a line of an order, as its newest version says
lines as (
    select
        orders.source as order_source,
        orders.id_space as order_space,
        orders.record_id as order_record,
        orders.happened_at as ordered_at,
        orders.known_at as order_known_at,
        orders.amount as order_amount,
        orders.channel as order_channel,
        orders.place_id as order_place,
        newest.row_key,
        newest.row_number,
        newest.order_id,
        newest.line_id,
        newest.product_id,
        newest.description,
        newest.category,
        newest.brand,
        newest.quantity,
        cast(round(newest.discount * orders.rate, 4) as decimal(18, 4)) as discount,
        cast(round(newest.original_amount * orders.rate, 4) as decimal(18, 4)) as own_amount,
        newest.properties
    from (
        select marked.*
        from marked
        where marked.waits and marked.status in ($line, $deleted_line)
        qualify
            row_number() over (
                partition by coalesce(marked.line_id, concat(marked.source, ':', marked.row_key))
                order by marked.ordinal desc, marked.row_number desc, marked.source
            ) = 1
    ) as newest
    inner join orders on orders.order_id = newest.order_id
    where newest.status = $line and orders.sale_kind in ('sale', 'free')
),

summed as (
    select
        lines.*,
        sum(lines.own_amount) over (partition by lines.order_id) as lines_amount,
        sum(lines.own_amount) over (
            partition by lines.order_id
            order by lines.line_id, lines.row_key
            rows between unbounded preceding and current row
        ) as up_to
    from lines
),

-- Shares of the order's amount: differences of rounded running sums, so that they add up exactly.
shared as (
    select
        summed.*,
        case
            when summed.order_amount is not null and summed.lines_amount > summed.order_amount
                then
                    cast(
                        round(cast(summed.order_amount as double) * summed.up_to / summed.lines_amount, 4)
                        as decimal(18, 4)
                    )
                    - cast(
                        round(
                            cast(summed.order_amount as double)
                            * (summed.up_to - summed.own_amount) / summed.lines_amount,
                            4
                        )
                        as decimal(18, 4)
                    )
            else summed.own_amount
        end as amount
    from summed
),

-- one row = an order with lines, and what its amount has beyond them
told as (
    select shared.order_source, shared.order_id, shared.order_amount - sum(shared.amount) as beyond
    from shared
    group by shared.order_source, shared.order_id, shared.order_amount
),

refunds as (
    select
        orders.source as order_source,
        orders.id_space as order_space,
        orders.record_id as order_record,
        orders.known_at as order_known_at,
        orders.channel as order_channel,
        orders.place_id as order_place,
        orders.rate,
        orders.order_id as refunded_order_id,
        newest.order_id,
        newest.row_key,
        newest.row_number,
        newest.happened_at,
        newest.original_amount,
        newest.properties
    from (
        select marked.*
        from marked
        where marked.waits and marked.status = $refund
        qualify
            row_number() over (
                partition by marked.order_id order by marked.ordinal desc, marked.row_number desc, marked.source
            ) = 1
    ) as newest
    inner join orders on orders.order_id = newest.cancels_order_id
    where orders.sale_kind in ('sale', 'free')
),

refunded as (
    select
        refunds.order_source,
        refunds.order_space,
        refunds.order_record,
        refunds.order_known_at,
        refunds.order_channel,
        refunds.order_place,
        refunds.refunded_order_id,
        refunds.order_id,
        refunds.happened_at,
        newest.row_key,
        newest.row_number,
        newest.quantity,
        cast(round(newest.original_amount * refunds.rate, 4) as decimal(18, 4)) as amount,
        newest.properties,
        lines.product_id,
        lines.description,
        lines.category,
        lines.brand
    from (
        select marked.*
        from marked
        where marked.waits and marked.status = $refunded_line
        qualify
            row_number() over (
                partition by coalesce(marked.refund_line_id, concat(marked.source, ':', marked.row_key))
                order by marked.ordinal desc, marked.row_number desc, marked.source
            ) = 1
    ) as newest
    inner join refunds on refunds.order_id = newest.order_id
    left join lines on lines.line_id = newest.line_id
)

select
    marked.source,
    marked.row_key,
    marked.row_number,
    marked.known_at,
    marked.id_space,
    marked.record_id,
    marked.order_id,
    marked.happened_at,
    marked.sale_kind,
    marked.cancels_order_id,
    marked.product_id,
    marked.description,
    marked.category,
    marked.brand,
    marked.quantity,
    marked.unit_price,
    case when told.order_id is null then marked.discount end as discount,
    case when told.order_id is null then marked.amount else cast(told.beyond as decimal(18, 4)) end as amount,
    marked.channel,
    marked.place_id,
    marked.properties
from marked
left join told
    on told.order_source = marked.source
    and told.order_id = marked.order_id
    and marked.sale_kind in ('sale', 'free')
where not marked.waits and (told.order_id is null or coalesce(told.beyond, 0) > 0)

union all

select
    shared.order_source as source,
    concat('line/', shared.row_key) as row_key,
    shared.row_number,
    shared.order_known_at as known_at,
    shared.order_space as id_space,
    shared.order_record as record_id,
    shared.order_id,
    shared.ordered_at as happened_at,
    case when coalesce(shared.amount, 1) = 0 then 'free' else 'sale' end as sale_kind,
    cast(null as varchar) as cancels_order_id,
    shared.product_id,
    shared.description,
    shared.category,
    shared.brand,
    shared.quantity,
    cast(null as decimal(18, 4)) as unit_price,
    coalesce(shared.discount, 0) + coalesce(shared.own_amount - shared.amount, 0) as discount,
    cast(shared.amount as decimal(18, 4)) as amount,
    shared.order_channel as channel,
    shared.order_place as place_id,
    shared.properties
from shared

union all

select
    refunded.order_source as source,
    concat('refund/', refunded.row_key) as row_key,
    refunded.row_number,
    refunded.order_known_at as known_at,
    refunded.order_space as id_space,
    refunded.order_record as record_id,
    refunded.order_id,
    refunded.happened_at,
    'return' as sale_kind,
    refunded.refunded_order_id as cancels_order_id,
    refunded.product_id,
    refunded.description,
    refunded.category,
    refunded.brand,
    refunded.quantity,
    cast(null as decimal(18, 4)) as unit_price,
    cast(null as decimal(18, 4)) as discount,
    refunded.amount,
    refunded.order_channel as channel,
    refunded.order_place as place_id,
    refunded.properties
from refunded

union all

select
    refunds.order_source as source,
    concat('refund/', refunds.row_key) as row_key,
    refunds.row_number,
    refunds.order_known_at as known_at,
    refunds.order_space as id_space,
    refunds.order_record as record_id,
    refunds.order_id,
    refunds.happened_at,
    'return' as sale_kind,
    refunds.refunded_order_id as cancels_order_id,
    cast(null as varchar) as product_id,
    cast(null as varchar) as description,
    cast(null as varchar) as category,
    cast(null as varchar) as brand,
    cast(null as decimal(18, 4)) as quantity,
    cast(null as decimal(18, 4)) as unit_price,
    cast(null as decimal(18, 4)) as discount,
    cast(round(refunds.original_amount * refunds.rate, 4) as decimal(18, 4)) as amount,
    refunds.order_channel as channel,
    refunds.order_place as place_id,
    refunds.properties
from refunds
where not exists (select 1 from refunded where refunded.order_id = refunds.order_id)
