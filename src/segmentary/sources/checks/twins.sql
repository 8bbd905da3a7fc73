-- Records that are equal in every attribute, apart from their id; with few attributes that happens by chance.
with

described as (
    select
        attributes.source,
        attributes.id_space,
        attributes.record_id,
        count(*) as value_count,
        md5(string_agg(concat(attributes.name, '=', attributes.value), chr(31) order by attributes.name)) as description
    from $attributes as attributes
    where attributes.value is not null and attributes.entity_type in ('customer', 'account', 'household')
    group by attributes.source, attributes.id_space, attributes.record_id
),

numbered as (
    select
        described.source,
        row_number() over (
            partition by described.source, described.description order by described.record_id
        ) as place
    from described
    where described.value_count >= 10
)

select numbered.source, count(*) filter (where numbered.place > 1) as twin_count, count(*) as record_count
from numbered
group by numbered.source
