-- Signing in through an identity provider (SPEC 14.1): who somebody is there, and sign-ins that were begun and have not come back; and by which means a
-- session was opened.
CREATE TABLE oidc_identities (
  issuer TEXT COLLATE "C" NOT NULL,
  subject TEXT COLLATE "C" NOT NULL,
  person_id TEXT COLLATE "C" NOT NULL REFERENCES people (id),
  email TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT,
  PRIMARY KEY (issuer, subject)
);
CREATE UNIQUE INDEX oidc_identities_person ON oidc_identities (person_id, issuer);
-- Each comes back once, within minutes, to the browser that began it.
CREATE TABLE oidc_visits (
  state_hash TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  visit_hash TEXT COLLATE "C" NOT NULL,
  purpose TEXT NOT NULL,
  about TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX oidc_visits_end ON oidc_visits (expires_at);
ALTER TABLE sessions ADD COLUMN means TEXT NOT NULL DEFAULT '';
ALTER TABLE half_sign_ins ADD COLUMN means TEXT NOT NULL DEFAULT 'password';
ALTER TABLE sign_in_rules ADD COLUMN provider_roles TEXT NOT NULL DEFAULT '';
-- What is attached to a mail that was begun.
CREATE TABLE mail_draft_files (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  draft_id TEXT COLLATE "C" NOT NULL,
  position BIGINT NOT NULL,
  name TEXT NOT NULL,
  content_type TEXT COLLATE "C" NOT NULL,
  size BIGINT NOT NULL,
  bytes BYTEA NOT NULL,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, draft_id) REFERENCES mail_drafts (merchant_id, id)
);
CREATE INDEX mail_draft_files_draft ON mail_draft_files (merchant_id, draft_id, position);
