-- Passkeys (SPEC 14.1): keys that a person's devices hold, the number by which devices know the person, and what was asked of a device and not yet
-- answered.
CREATE TABLE passkeys (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  person_id TEXT COLLATE "C" NOT NULL REFERENCES people (id),
  credential_id TEXT COLLATE "C" NOT NULL,
  public_key TEXT NOT NULL,
  sign_count BIGINT NOT NULL,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT
);
CREATE UNIQUE INDEX passkeys_credential ON passkeys (credential_id);
CREATE INDEX passkeys_person ON passkeys (person_id);
-- Chance, and not the person's id: a device may show it to others.
CREATE TABLE passkey_handles (
  person_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES people (id),
  handle TEXT COLLATE "C" NOT NULL
);
-- Each is answered once, within minutes, by the visit that it was given to.
CREATE TABLE passkey_challenges (
  challenge_hash TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  visit_hash TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX passkey_challenges_end ON passkey_challenges (expires_at);
