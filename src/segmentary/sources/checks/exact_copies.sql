-- Rows that are exact copies of another row of the same file: their key ends in an ordinal above 1.
select stored.source, count(*) as copy_count
from $stored as stored
where
    substr(stored.row_key, 33, 1) = '-'
    and substr(stored.row_key, 34) <> '1'
    and not contains(stored.row_key, '/')
group by stored.source
