-- One row: a campaign and arm, how many customers it reached, and how many of them answered it.
with contacts as (
    select distinct
        identity_map.customer_id,
        exposures.campaign,
        exposures.arm
    from $exposures as exposures
    inner join $identity_map as identity_map
        on identity_map.id_space = exposures.id_space
        and identity_map.record_id = exposures.record_id
),
responses as (
    select distinct
        events.customer_id,
        coalesce(
            json_extract_string(events.properties, '$.campaign'), json_extract_string(events.properties, '$.campaign_id')
        ) as campaign
    from $events as events
    where ($response is null or events.name = $response)
    and events.happened_at < $as_of
)
select
    contacts.campaign,
    contacts.arm,
    count(*) as contacted,
    count(responses.customer_id) as responded
from contacts
left join responses
    on responses.customer_id = contacts.customer_id
    and responses.campaign = contacts.campaign
group by contacts.campaign, contacts.arm
