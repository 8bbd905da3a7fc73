-- One row: the last answer of a customer to a question in a wave, as a number.
with

told as (
    select
        identity_map.customer_id,
        coalesce(responses.survey, '') as survey,
        coalesce(responses.wave, '') as wave,
        responses.item,
        try_cast(responses.value as decimal(18, 4)) as answer,
        cast(coalesce(responses.weight, 1) as double) as weight,
        responses.answered_at,
        row_number() over (
            partition by identity_map.customer_id, coalesce(responses.survey, ''), coalesce(responses.wave, ''),
                responses.item
            order by responses.answered_at desc nulls last, responses.known_at desc, responses.row_key desc
        ) as place
    from $responses as responses
    inner join $identity_map as identity_map
        on identity_map.id_space = responses.id_space
        and identity_map.record_id = responses.record_id
    where
        try_cast(responses.value as decimal(18, 4)) is not null
        and (responses.missing_code is null or responses.missing_code = '')
        and (responses.answered_at is null or responses.answered_at < $as_of)
        and ($known_at is null or responses.known_at <= $known_at)
)

select
    told.customer_id,
    told.survey,
    told.wave,
    told.item,
    told.answer,
    told.weight,
    told.answered_at
from told
where told.place = 1 and told.weight > 0
