-- Repositories of charts: where they are, in plain; how to log in, sealed.
CREATE TABLE repositories (
  name TEXT PRIMARY KEY,
  url TEXT NOT NULL,
  plain INTEGER NOT NULL,
  authority TEXT NOT NULL,
  provenance INTEGER NOT NULL,
  login BLOB NOT NULL,
  added INTEGER NOT NULL
) STRICT;

-- Charts that were uploaded; the archives lie in files named by their digests.
CREATE TABLE uploads (
  chart TEXT NOT NULL,
  version TEXT NOT NULL,
  digest TEXT NOT NULL,
  entry TEXT NOT NULL,
  added INTEGER NOT NULL,
  PRIMARY KEY (chart, version)
) STRICT;
