// The real binary, started on a free port of this machine and stopped by its process id.
import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

export const binary =
  process.env.REGULARS_BIN ?? fileURLToPath(new URL('../../target/release/regulars', import.meta.url));

const environment = (database) => ({ ...process.env, DATABASE_URL: database, RUST_LOG: 'warn', NO_COLOR: '1' });

/** Runs a command to its end and gives what it printed. Throws with its words when it fails. */
export function run(database, ...args) {
  const done = spawnSync(binary, args, { env: environment(database), encoding: 'utf8' });
  if (done.error) throw done.error;
  if (done.status !== 0) throw new Error(`regulars ${args.join(' ')} ended with ${done.status}:\n${done.stdout}${done.stderr}`);
  return done.stdout + done.stderr;
}

/** A port that nobody holds at this moment. */
const freePort = () =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

/** Serves a database. Gives its address, what it printed so far, and `stop`. */
export async function serve(database, { command = 'serve', args = [], patience = 60_000 } = {}) {
  const port = await freePort();
  const child = spawn(binary, [command, '--listen', `127.0.0.1:${port}`, ...args], { env: environment(database) });
  let printed = '';
  let ended = null;
  const note = (text) => (printed += text);
  child.stdout.on('data', note);
  child.stderr.on('data', note);
  child.on('error', (error) => (ended = `could not be started: ${error.message}`));
  child.on('exit', (code, signal) => (ended ??= `ended with ${signal ?? code}`));
  const url = `http://127.0.0.1:${port}`;
  const stop = async (signal = 'SIGTERM') => {
    if (ended) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await gone;
    clearTimeout(late);
  };
  const until = Date.now() + patience;
  for (;;) {
    if (ended) throw new Error(`regulars ${command} ${ended}:\n${printed}`);
    if (await ready(url)) break;
    if (Date.now() > until) {
      await stop('SIGKILL');
      throw new Error(`regulars ${command} was not ready after ${patience} ms:\n${printed}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { url, pid: child.pid, stop, printed: () => printed };
}

const ready = (url) => fetch(`${url}/readyz`).then((answer) => answer.ok).catch(() => false);
