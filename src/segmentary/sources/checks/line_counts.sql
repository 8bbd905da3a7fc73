-- How many order lines of each source are odd, and how.
select
    order_lines.source,
    count(*) as line_count,
    count(*) filter (where order_lines.record_id is null) as without_customer,
    count(*) filter (
        where order_lines.record_id is null and order_lines.sale_kind = 'sale'
    ) as sales_without_customer,
    count(*) filter (where order_lines.sale_kind = 'cancellation') as cancelled_lines,
    count(distinct case when order_lines.sale_kind = 'cancellation' then order_lines.order_id end) as cancelled_orders,
    coalesce(sum(order_lines.amount) filter (where order_lines.sale_kind = 'cancellation'), 0) as cancelled_amount,
    count(*) filter (where order_lines.sale_kind = 'return') as returned_lines,
    count(*) filter (where order_lines.unit_price < 0) as negative_prices,
    count(*) filter (where order_lines.unit_price = 0) as zero_prices,
    count(*) filter (
        where order_lines.unit_price is null and order_lines.amount = 0 and order_lines.sale_kind <> 'no_sale'
    ) as zero_amounts,
    count(*) filter (
        where order_lines.unit_price is null and order_lines.amount < 0
    ) as negative_amounts,
    count(*) filter (where order_lines.quantity = 0) as zero_quantities,
    count(*) filter (where order_lines.sale_kind = 'no_sale') as unsold_lines,
    count(order_lines.product_id) as lines_with_code,
    count(*) filter (where regexp_matches(order_lines.product_id, '[0-9].*[0-9]')) as numbered_codes,
    count(*) filter (
        where
            (length(order_lines.product_id) <= 4 and not regexp_matches(order_lines.product_id, '[0-9].*[0-9]'))
            or regexp_matches(
                lower(order_lines.product_id),
                'fee$|charge|postage|shipping|carriage|freight|discount|manual|adjust'
            )
    ) as service_lines,
    min(order_lines.happened_at) as first_at,
    max(order_lines.happened_at) as last_at
from $order_lines as order_lines
group by order_lines.source
order by order_lines.source
