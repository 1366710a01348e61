-- How a person reads dates and numbers: the tag of a locale; empty: as the browser says.
ALTER TABLE people ADD COLUMN locale TEXT NOT NULL DEFAULT '';
