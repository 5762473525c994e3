-- What a job saved of a cluster before it deleted it: packed and sealed.
CREATE TABLE backups (
  job TEXT PRIMARY KEY,
  body BLOB NOT NULL,
  kept INTEGER NOT NULL
) STRICT;
