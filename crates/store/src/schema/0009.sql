-- The job that an action started: its end is the outcome of the line.
ALTER TABLE audit ADD COLUMN job TEXT;

-- Sessions have an id that is no secret, the times of login and last use, and the client that logged in.
-- Operators log in again once.
DROP TABLE sessions;
CREATE TABLE sessions (
  hash BLOB PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  operator TEXT NOT NULL,
  client TEXT NOT NULL,
  created INTEGER NOT NULL,
  used INTEGER NOT NULL,
  ends INTEGER NOT NULL
) STRICT;
