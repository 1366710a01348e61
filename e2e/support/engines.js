// The two databases as a test needs them: a copy of a filled one in a moment, and gone afterwards.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const url = () => {
  const given = process.env.REGULARS_TEST_POSTGRES;
  if (!given) throw new Error('REGULARS_TEST_POSTGRES is not set: run bin/test e2e, or eval "$(bin/postgres env)"');
  return given;
};

const sql = (text) => execFileSync('psql', ['--no-psqlrc', '-qAt', '-d', url(), '-c', text], { encoding: 'utf8' });

/** The same server's URL with another database in it. */
const named = (name) => url().replace(/^(postgres(?:ql)?:\/\/[^/?]*)\/[^?]*/, `$1/${name}`);

const sqlite = {
  /** A place for a new database; `folder` is the test's own. */
  fresh: (folder, name) => ({ database: join(folder, `${name}.db`) }),
  copy(from, folder, name) {
    const to = join(folder, `${name}.db`);
    for (const tail of ['', '-wal', '-shm']) {
      if (existsSync(from.database + tail)) copyFileSync(from.database + tail, to + tail);
    }
    return { database: to };
  },
  /** Says it to the database itself, by its own shell. */
  say: ({ database }, text) => execFileSync('sqlite3', ['-cmd', '.timeout 5000', database, text]),
  drop: ({ database }) => ['', '-wal', '-shm'].forEach((tail) => rmSync(database + tail, { force: true })),
};

const postgres = {
  fresh(_folder, name) {
    sql(`CREATE DATABASE "${name}"`);
    return { name, database: named(name) };
  },
  copy(from, _folder, name) {
    sql(`CREATE DATABASE "${name}" TEMPLATE "${from.name}"`);
    return { name, database: named(name) };
  },
  say: ({ database }, text) => execFileSync('psql', ['--no-psqlrc', '-qAt', '-d', database, '-c', text]),
  drop: ({ name }) => sql(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`),
};

export const engines = { sqlite, postgres };
