-- Meshes: who is in them and what was decided; how they stand is read from the clusters.
CREATE TABLE meshes (
  name TEXT PRIMARY KEY,
  body TEXT NOT NULL,
  added INTEGER NOT NULL
) STRICT;
