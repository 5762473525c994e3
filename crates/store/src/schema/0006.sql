-- What the rendering of an installed release depended on besides chart and values: seed, time and the
-- texts to mask, sealed. `release` is cluster/namespace/name.
CREATE TABLE release_inputs (
  release TEXT PRIMARY KEY,
  body BLOB NOT NULL,
  saved INTEGER NOT NULL
) STRICT;

-- Plans that operators were shown, sealed: exactly these are executed.
CREATE TABLE reviews (
  id TEXT PRIMARY KEY,
  body BLOB NOT NULL,
  saved INTEGER NOT NULL
) STRICT;

-- The UIDs of the clusters that a job was planned on, as JSON by name, and the job that resumed it.
ALTER TABLE jobs ADD COLUMN clusters TEXT NOT NULL DEFAULT '{}';
ALTER TABLE jobs ADD COLUMN resumed_by TEXT;
