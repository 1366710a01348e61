// The real binary, started on a free port of this machine and stopped by its process id.
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const binary =
  process.env.REGULARS_BIN ?? fileURLToPath(new URL('../../target/release/regulars', import.meta.url));

const environment = (database, folder) => ({
  ...process.env,
  DATABASE_URL: database,
  REGULARS_DATA: folder,
  RUST_LOG: 'warn',
  NO_COLOR: '1',
});

/** Runs a command to its end and gives what it printed. Throws with its words when it fails. */
export function run({ database, folder }, ...args) {
  const done = spawnSync(binary, args, { env: environment(database, folder), encoding: 'utf8' });
  if (done.error) throw done.error;
  if (done.status !== 0) throw new Error(`regulars ${args.join(' ')} ended with ${done.status}:\n${done.stdout}${done.stderr}`);
  return done.stdout + done.stderr;
}

/** Starts a command and lets it run; whoever starts it ends it. `ended` comes with what it printed. */
export function begin({ database, folder }, ...args) {
  const child = spawn(binary, args, { env: environment(database, folder) });
  let printed = '';
  child.stdout.on('data', (text) => (printed += text));
  child.stderr.on('data', (text) => (printed += text));
  const ended = new Promise((resolve, reject) => child.on('error', reject).on('close', () => resolve(printed)));
  return { ended, kill: () => child.kill('SIGKILL') };
}

/** Serves a database until stopped. Gives its address, its process id, what it printed so far, and `stop`. */
export async function serve({ database, folder }, { command = 'serve', args = [], patience = 60_000 } = {}) {
  const child = spawn(binary, [command, '--port', '0', ...args], { env: environment(database, folder) });
  let printed = '';
  let ended = null;
  const note = (text) => (printed += text);
  child.stdout.on('data', note);
  child.stderr.on('data', note);
  child.on('error', (error) => (ended = `could not be started: ${error.message}`));
  child.on('exit', (code, signal) => (ended ??= `ended with ${signal ?? code}`));
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
    const url = printed.match(/https?:\/\/127\.0\.0\.1:\d+/)?.[0];
    if (url && (await ready(url))) return { url, pid: child.pid, stop, printed: () => printed };
    if (Date.now() > until) {
      await stop('SIGKILL');
      throw new Error(`regulars ${command} was not ready after ${patience} ms:\n${printed}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

const ready = (url) => fetch(`${url}/readyz`).then((answer) => answer.ok).catch(() => false);
