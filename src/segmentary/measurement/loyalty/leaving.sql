-- One row: a segment and what its members last answered (1: $promoter or more, -1: $detractor or less, else 0), with how
-- many of those then still there, and how many of these left: an event after the answer, or no order for so long.
with

lasts as (
    select
        answers.customer_id,
        answers.answer,
        answers.answered_at,
        row_number() over (
            partition by answers.customer_id
            order by answers.answered_at desc, answers.wave desc
        ) as place
    from $answers as answers
    where answers.survey = $survey and answers.item = $item and answers.answered_at is not null
),

happened as (
    select
        events.customer_id,
        events.name,
        events.happened_at
    from $events as events
    where
        events.happened_at < $as_of
        and ($known_at is null or events.known_at <= $known_at)
        and events.name in ($ends, $order_event)
),

people as (
    select
        lasts.customer_id,
        min(case when lasts.answer >= $promoter then 1 when lasts.answer <= $detractor then -1 else 0 end) as feeling,
        max(case when happened.name = $ends and happened.happened_at <= lasts.answered_at then 1 else 0 end) as gone,
        max(case when happened.name = $ends and happened.happened_at > lasts.answered_at then 1 else 0 end) as left_since,
        max(case when happened.name = $order_event and happened.happened_at >= $lapsed then 1 else 0 end) as bought,
        min(case when lasts.answered_at < $lapsed then 1 else 0 end) as long_ago
    from lasts
    left join happened on happened.customer_id = lasts.customer_id
    where lasts.place = 1
    group by lasts.customer_id
)

select
    members.segment,
    people.feeling,
    count(*) as people,
    sum(case when $by_event then people.left_since else 1 - people.bought end) as lost
from $members as members
inner join people on people.customer_id = members.customer_id
where ($by_event and people.gone = 0) or (not $by_event and people.long_ago = 1)
group by members.segment, people.feeling
