-- The UID of the namespace kube-system of a cluster, which tells it from every other; NULL until it is known.
ALTER TABLE clusters ADD COLUMN uid TEXT;
