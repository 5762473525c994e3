-- The logs of the hooks of a job, encrypted: logs may contain secrets.
CREATE TABLE job_logs (
  job TEXT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
  body BLOB NOT NULL
) STRICT;
