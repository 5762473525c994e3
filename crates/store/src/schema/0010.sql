-- A known value, sealed: it tells whether a key file is the one of this database.
CREATE TABLE key_check (
  id TEXT PRIMARY KEY,
  body BLOB NOT NULL
) STRICT;
