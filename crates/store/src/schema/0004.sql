-- What a person typed of a cluster that the cluster does not say itself, as JSON; "" for nothing.
ALTER TABLE clusters ADD COLUMN told TEXT NOT NULL DEFAULT '';
