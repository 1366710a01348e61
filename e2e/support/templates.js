// Before all tests: one filled database on each engine. Every test then gets a copy of its own, so that
// none sees what another did, and none waits for the demo to be made again.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engines } from './engines.js';
import { serve } from './regulars.js';
import { demoPerson } from './sign-in.js';

// A debug binary is slow at filling: REGULARS_E2E_CUSTOMERS=1000 makes trying quicker.
const fewer = process.env.REGULARS_E2E_CUSTOMERS ? ['--customers', process.env.REGULARS_E2E_CUSTOMERS] : [];

export default async function templates(config) {
  const folder = mkdtempSync(join(tmpdir(), 'regulars-e2e-'));
  process.env.REGULARS_E2E = folder;
  const asked = config.projects.map((project) => project.use.engine);
  const wanted = process.env.REGULARS_E2E_ENGINES?.split(',') ?? asked;
  const made = [];
  for (const engine of new Set(wanted)) made.push(await template(engine, folder));
  return () => {
    for (const { engine, place } of made) engines[engine].drop(place);
    rmSync(folder, { recursive: true, force: true });
  };
}

async function template(engine, folder) {
  const place = engines[engine].fresh(folder, `regulars_e2e_${engine}_${process.pid}`);
  const server = await serve({ database: place.database, folder }, { command: 'demo', args: fewer, patience: 300_000 });
  try {
    const person = demoPerson(server.printed());
    const key = server.printed().match(/API key: (\S+)/)[1];
    writeFileSync(join(folder, `${engine}.json`), JSON.stringify({ place, person, key }));
  } finally {
    await server.stop();
  }
  return { engine, place };
}
