-- The views of jobs contain messages of charts and clusters: sealed from now on. `view` is "" where
-- `sealed_view` is set; a view of an older version is sealed when the database is opened.
ALTER TABLE jobs ADD COLUMN sealed_view BLOB;
