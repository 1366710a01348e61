-- Strong sign-in (SPEC 14.1): a second factor with codes for when it is lost, the step between password and code, known browsers, links to a new
-- password, and what a merchant asks of its roles.
CREATE TABLE second_factors (
  person_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES people (id),
  sealed TEXT NOT NULL,
  last_step BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  confirmed_at BIGINT
);
CREATE TABLE recovery_codes (
  person_id TEXT COLLATE "C" NOT NULL REFERENCES people (id),
  code_hash TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  used_at BIGINT,
  PRIMARY KEY (person_id, code_hash)
);
-- The password was right, the code is still to come: no session, and nothing that looks for one finds it here.
CREATE TABLE half_sign_ins (
  secret_hash TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  person_id TEXT COLLATE "C" NOT NULL REFERENCES people (id),
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX half_sign_ins_person ON half_sign_ins (person_id);
-- Browsers that a person came in with before, by the secret of a cookie.
CREATE TABLE devices (
  person_id TEXT COLLATE "C" NOT NULL REFERENCES people (id),
  secret_hash TEXT COLLATE "C" NOT NULL,
  first_seen BIGINT NOT NULL,
  last_seen BIGINT NOT NULL,
  PRIMARY KEY (person_id, secret_hash)
);
-- The secret of a link that goes by mail is made when the mail is handed to a server; until then there is none.
CREATE TABLE password_resets (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  person_id TEXT COLLATE "C" NOT NULL REFERENCES people (id),
  secret_hash TEXT COLLATE "C",
  mail_id TEXT COLLATE "C",
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);
CREATE UNIQUE INDEX password_resets_secret ON password_resets (secret_hash);
CREATE UNIQUE INDEX password_resets_mail ON password_resets (mail_id);
CREATE INDEX password_resets_person ON password_resets (person_id);
-- The limit is whole minor units of its currency: the merchant's when it was set.
CREATE TABLE sign_in_rules (
  merchant_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES merchants (id),
  required_roles TEXT NOT NULL,
  refund_limit BIGINT,
  refund_currency TEXT COLLATE "C" NOT NULL,
  updated_at BIGINT NOT NULL
);
ALTER TABLE sessions ADD COLUMN fresh_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN new_device BOOLEAN NOT NULL DEFAULT FALSE;
