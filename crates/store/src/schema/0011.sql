-- Each change of a draft counts, so that a change that was made on top of an older state is refused.
ALTER TABLE drafts ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
