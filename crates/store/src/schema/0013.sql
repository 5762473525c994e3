-- The id of the console in the clusters: consoles that share a cluster tell each other's jobs apart by it.
CREATE TABLE console (
  id TEXT PRIMARY KEY
) STRICT;
INSERT INTO console (id) VALUES (lower(hex(randomblob(6))));
