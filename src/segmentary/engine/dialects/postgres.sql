-- What PostgreSQL lacks, made in the session's temporary schema: nothing is left behind, no right on the database is needed.

create function pg_temp.extracted(given text, pattern text, place integer) returns text
immutable parallel safe return
    case when given is not null then coalesce((regexp_match(given, pattern))[place], '') end;

create function pg_temp.try_decimal(given numeric, digits integer, places integer) returns numeric
immutable parallel safe return
    case when abs(round(given, places)) < power(10::numeric, digits - places) then round(given, places) end;

create function pg_temp.try_decimal(given text, digits integer, places integer) returns numeric
immutable parallel safe return
    case
        when given ~ '^\s*[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,3})?\s*$'
            then pg_temp.try_decimal(given::numeric, digits, places)
    end;

create function pg_temp.try_date(given text) returns date
immutable parallel safe return
    case
        when given !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' then null
        when substr(given, 1, 4) = '0000' then null
        when substr(given, 6, 2)::integer not between 1 and 12 then null
        when substr(given, 9, 2)::integer not between 1 and 31 then null
        when substr(given, 9, 2)::integer <= 28 then given::date
        when
            substr(given, 9, 2)::integer <= extract(
                day from make_date(substr(given, 1, 4)::integer, substr(given, 6, 2)::integer, 1) + interval '1 month' - interval '1 day'
            )
            then given::date
    end;

create function pg_temp.try_date(given date) returns date immutable parallel safe return given;

create function pg_temp.try_timestamp(given text) returns timestamp
immutable parallel safe return
    case
        when given !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?$' then null
        when pg_temp.try_date(left(given, 10)) is not null then given::timestamp
    end;

create function pg_temp.try_boolean(given text) returns boolean
immutable parallel safe return
    case
        when given ~* '^(t|true|y|yes|1)$' then true
        when given ~* '^(f|false|n|no|0)$' then false
    end;

create function pg_temp.try_boolean(given boolean) returns boolean immutable parallel safe return given;

create function pg_temp.lowered(given text, capitals text, small text) returns text
immutable parallel safe return
    case when given !~ '[^\x01-\x7f]' then lower(given collate "C") else translate(given, capitals, small) end;

create function pg_temp.item(given anyarray, place integer) returns anyelement
language sql immutable parallel safe as $$
    select case when place < 0 then given[cardinality(given) + 1 + place] else given[place] end
$$;

create function pg_temp.float_text(given double precision) returns text
language plpgsql immutable parallel safe strict as $$
declare
    exact constant numeric := given::text::numeric;
    plain constant text := trim_scale(exact)::text;
    above integer;
begin
    if exact = 0 then
        return case when left(given::text, 1) = '-' then '-0.0' else '0.0' end;
    end if;
    above := case
        when abs(exact) >= 1 then length(trunc(abs(exact))::text) - 1
        else -1 - length(substring(plain from '\.(0*)'))
    end;
    if above between -6 and 20 then
        return case when position('.' in plain) > 0 then plain else plain || '.0' end;
    end if;
    -- 1e+25 -> 1e25, 1.5e-09 -> 1.5e-9
    return case
        when position('e' in given::text) = 0 then given::text
        else replace(regexp_replace(given::text, 'e([-+])0?', 'e\1'), 'e+', 'e')
    end;
end
$$;

create function pg_temp.json_number(given text) returns text
immutable parallel safe return
    case
        when given ~ '^-?[0-9]+$' then given::numeric::text
        when abs(given::numeric) > 1.7e308 then null
        when given::numeric <> 0 and abs(given::numeric) < 1e-307 then null
        else pg_temp.float_text(given::double precision)
    end;

create function pg_temp.json_valid(given text) returns boolean
immutable parallel safe return given is json;

create function pg_temp.json_at(given text, place text[]) returns json
immutable parallel safe return case when given is json then given::json #> place end;

create function pg_temp.json_at(given json, place text[]) returns json
immutable parallel safe return given #> place;

create function pg_temp.json_scalar(given json) returns json
immutable parallel safe return case when json_typeof(given) not in ('object', 'array', 'null') then given end;

create function pg_temp.json_string(given json) returns text
immutable parallel safe return
    case json_typeof(given)
        when 'string'
            -- PostgreSQL has no text with a NUL character.
            then case when given::text !~ '(^|[^\\])(\\\\)*\\u0000' then given #>> '{}' end
        when 'number' then pg_temp.json_number(given::text)
        when 'boolean' then given::text
        when 'object' then given::text
        when 'array' then given::text
    end;

create function pg_temp.json_type(given json) returns text
immutable parallel safe return
    case json_typeof(given)
        when 'string' then 'VARCHAR'
        when 'object' then 'OBJECT'
        when 'array' then 'ARRAY'
        when 'boolean' then 'BOOLEAN'
        when 'null' then 'NULL'
        when 'number'
            then case
                when given::text !~ '^-?[0-9]+$' then 'DOUBLE'
                when left(given::text, 1) = '-' then 'BIGINT'
                else 'UBIGINT'
            end
    end;

create function pg_temp.json_type(given text) returns text
immutable parallel safe return case when given is json then pg_temp.json_type(given::json) end;

create function pg_temp.json_items(given text) returns json[]
immutable parallel safe return
    case
        when json_typeof(pg_temp.json_at(given, '{}')) = 'array'
            then array(
                select items.item
                from json_array_elements(given::json) with ordinality as items (item, place)
                order by items.place
            )
    end;

create function pg_temp.microseconds(given timestamp) returns bigint
immutable parallel safe return (extract(epoch from given) * 1000000)::bigint;

create function pg_temp.microseconds(given timestamptz) returns bigint
immutable parallel safe return (extract(epoch from given) * 1000000)::bigint;

create function pg_temp.json_texts(given json) returns text[]
immutable parallel safe return
    case
        when json_typeof(given) = 'array'
            then array(
                select items.item
                from json_array_elements_text(given) with ordinality as items (item, place)
                order by items.place
            )
    end;
