// Where the peer keeps everything: SQLite with the same durability as ours (WAL, synchronous=FULL: a commit is on the disk when
// it returns), and statements prepared once. The methods are the contract of oidc-provider's adapters.
import { DatabaseSync } from 'node:sqlite';

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA busy_timeout = 15000;
  PRAGMA cache_size = -8192;
  CREATE TABLE IF NOT EXISTS model (
    name TEXT NOT NULL, id TEXT NOT NULL, payload TEXT NOT NULL,
    grant_id TEXT, uid TEXT, user_code TEXT, consumed_at INTEGER, expires_at INTEGER,
    PRIMARY KEY (name, id)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS model_grant ON model (grant_id) WHERE grant_id IS NOT NULL;
  CREATE INDEX IF NOT EXISTS model_uid ON model (name, uid) WHERE uid IS NOT NULL;
  CREATE INDEX IF NOT EXISTS model_user_code ON model (name, user_code) WHERE user_code IS NOT NULL;
  CREATE INDEX IF NOT EXISTS model_expiry ON model (expires_at) WHERE expires_at IS NOT NULL;
  CREATE TABLE IF NOT EXISTS account (
    id TEXT PRIMARY KEY, username TEXT NOT NULL UNIQUE, name TEXT NOT NULL, email TEXT NOT NULL, password_hash TEXT NOT NULL
  ) WITHOUT ROWID;
`;

const PURGE_EVERY_MS = 60_000;
// What the library revokes together. Others that carry a grantId (sessions, interactions) must survive.
const OF_A_GRANT = ['AccessToken', 'AuthorizationCode', 'RefreshToken', 'DeviceCode', 'BackchannelAuthenticationRequest'];

export function openDatabase(file) {
  const database = new DatabaseSync(file);
  database.exec(SCHEMA);
  return database;
}

export function createAdapterClass(database) {
  const select = 'SELECT payload, consumed_at, expires_at FROM model WHERE name = ?';
  const find = database.prepare(`${select} AND id = ?`);
  const findByUid = database.prepare(`${select} AND uid = ?`);
  const findByUserCode = database.prepare(`${select} AND user_code = ?`);
  const destroy = database.prepare('DELETE FROM model WHERE name = ? AND id = ?');
  const consume = database.prepare('UPDATE model SET consumed_at = ? WHERE name = ? AND id = ?');
  const revoke = database.prepare(
    `DELETE FROM model WHERE grant_id = ? AND name IN (${OF_A_GRANT.map((name) => `'${name}'`).join(', ')})`,
  );
  const purge = database.prepare('DELETE FROM model WHERE expires_at < ?');
  const upsert = database.prepare(`
    INSERT INTO model (name, id, payload, grant_id, uid, user_code, consumed_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, NULL, ?)
    ON CONFLICT (name, id) DO UPDATE SET payload = excluded.payload, grant_id = excluded.grant_id, uid = excluded.uid,
      user_code = excluded.user_code, consumed_at = excluded.consumed_at, expires_at = excluded.expires_at`);
  setInterval(() => purge.run(seconds()), PURGE_EVERY_MS).unref();

  return class SqliteAdapter {
    constructor(name) {
      this.name = name;
    }

    async upsert(id, payload, expiresIn) {
      const { grantId = null, uid = null, userCode = null } = payload;
      const expiresAt = expiresIn ? seconds() + expiresIn : null;
      upsert.run(this.name, id, JSON.stringify(payload), grantId, uid, userCode, expiresAt);
    }

    async find(id) {
      return read(find.get(this.name, id));
    }

    async findByUid(uid) {
      return read(findByUid.get(this.name, uid));
    }

    async findByUserCode(userCode) {
      return read(findByUserCode.get(this.name, userCode));
    }

    async consume(id) {
      consume.run(seconds(), this.name, id);
    }

    async destroy(id) {
      destroy.run(this.name, id);
    }

    async revokeByGrantId(grantId) {
      revoke.run(grantId);
    }
  };
}

function read(row) {
  if (row === undefined || (row.expires_at !== null && row.expires_at <= seconds())) return undefined;
  const payload = JSON.parse(row.payload);
  if (row.consumed_at !== null) payload.consumed = row.consumed_at;
  return payload;
}

function seconds() {
  return Math.floor(Date.now() / 1000);
}
