// The peer's people: the same names, password and hash (argon2id, 19 MiB, two passes, one lane) as the provider's.
import { hash, verify } from '@node-rs/argon2';

const ARGON2ID = 2; // the package's types call it Algorithm.Argon2id; there is no such object at run time
const ARGON2 = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export class Accounts {
  #add; #byId; #byUsername;

  constructor(database) {
    this.#add = database.prepare(
      'INSERT INTO account (id, username, name, email, password_hash) VALUES (?, ?, ?, ?, ?) ON CONFLICT (username) DO NOTHING',
    );
    this.#byId = database.prepare('SELECT id, username, name, email FROM account WHERE id = ?');
    this.#byUsername = database.prepare('SELECT id, password_hash FROM account WHERE username = ?');
  }

  async seed(people, password) {
    for (const { username, name, email } of people) {
      if (this.#byUsername.get(username) === undefined) {
        this.#add.run(crypto.randomUUID(), username, name, email, await hash(password, ARGON2));
      }
    }
  }

  // The id of whom this username and password belong to, or undefined.
  async verify(username, password) {
    const account = this.#byUsername.get(username);
    return account !== undefined && (await verify(account.password_hash, password)) ? account.id : undefined;
  }

  // `findAccount` of oidc-provider's configuration.
  find = async (_ctx, id) => {
    const row = this.#byId.get(id);
    return row && {
      accountId: id,
      claims: async () => ({
        sub: id, name: row.name, preferred_username: row.username, email: row.email, email_verified: true,
      }),
    };
  };
}
