-- What the rendering of an installed release depended on besides chart and values: seed, time and the
-- texts to mask, sealed. `release` is cluster/namespace/name.
CREATE TABLE release_inputs (
  release TEXT PRIMARY KEY,
  body BLOB NOT NULL,
  saved INTEGER NOT NULL
) STRICT;
