-- Rows that are exact copies of another row of the same file: their key is a hash and an ordinal above 1.
select stored.source, count(*) as copy_count
from $stored as stored
where
    -- Ids that sources give may have the same shape but for their letters.
    substr(stored.row_key, 33, 1) = '-'
    and regexp_full_match(stored.row_key, '[0-9a-f]{32}-([2-9]|[1-9][0-9]+)')
group by stored.source
