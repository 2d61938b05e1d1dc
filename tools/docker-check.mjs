// Builds the images and runs them: `npm run docker:check [-- options of docker build]`. Needs Docker
// with Compose, and Linux containers. What runs here already is left alone.
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ask, interruption, show, stopOnSignals } from './docker/programs.mjs';

const ROOT = join(import.meta.dirname, '..');
const NAME = `apollo-check-${String(process.pid)}`;
const HUB = 'apollo-hub:check';
const SPOKE = 'apollo-spoke:check';
const HEALTHY_MS = 180_000;
const LOOK_MS = 1_000;
const STOP_SECONDS = 30;

stopOnSignals();
const folder = await mkdtemp(join(tmpdir(), 'apollo-docker-'));
try {
  await build('docker/hub.Dockerfile', HUB);
  await build('docker/spoke.Dockerfile', SPOKE);
  await checkSpoke();
  await checkHub();
  console.log('\nthe images are well');
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

/**
 * @param {string} file
 * @param {string} image
 */
async function build(file, image) {
  step(`build ${image}`);
  const options = process.argv.slice(2);
  await show('docker', ['build', ...options, '-f', file, '-t', image, '.'], { cwd: ROOT });
}

async function checkSpoke() {
  const run = ['run', '--rm', '--network=none', '--read-only', '--cap-drop=ALL', SPOKE];
  step('a spoke runs as nobody in particular, in an image that it cannot change');
  expect((await ask('docker', [...run, 'id', '-u'])).out, '10001');
  step('it has Helm, and what ends Helm with it');
  expect(
    (await ask('docker', [...run, 'helm', 'version', '--template={{.Version}}'])).out,
    /^v4\./,
  );
  const tied = ['setpriv', '--pdeathsig=KILL', '--', 'echo', 'tied'];
  expect((await ask('docker', [...run, ...tied])).out, 'tied');
  step('it says what it was not told');
  expect((await ask('docker', run, 1)).err, /^APOLLO_HUB_URL is not set/);
}

async function checkHub() {
  const compose = await composeCommand();
  await makeSecrets();
  try {
    step('a hub becomes healthy beside its database');
    await compose(['up', '--detach', '--no-build']);
    expect(await settledHealth(), 'healthy');
    expect((await inside(['node', '/app/health-check.mjs'])).out, /^200 \{"status":"healthy"/);
    step('it runs as nobody in particular, in an image that it cannot change');
    expect((await inside(['id', '-u'])).out, '10001');
    expect((await inside(['touch', '/app/new'], 1)).err, /Read-only file system/);
    step('the same image brings the database up to date');
    expect((await inside(['node', 'apps/hub/dist/migrate.js'])).out, 'the database is up to date');
    step('SIGTERM ends it in time');
    await ask('docker', ['stop', '--time', String(STOP_SECONDS), NAME]);
    expect(await look('{{.State.ExitCode}}'), '0');
  } catch (error) {
    await showLog();
    throw error;
  } finally {
    await compose(['down', '--volumes', '--timeout', '5']);
    // They are owned by the user of the container.
    await asRoot(['rm', '-r', '/made/secrets']);
  }
}

/** Compose, with names of its own and a free port of this machine. */
async function composeCommand() {
  const override = join(folder, 'override.yaml');
  const lines = [
    ...['services:', '  apollo:', `    container_name: ${NAME}`],
    ...['networks:', '  leveredge-network:', `    name: ${NAME}`],
  ];
  await writeFile(override, `${lines.join('\n')}\n`);
  const env = {
    ...{ HUB_IMAGE: HUB, HUB_SECRETS: join(folder, 'secrets'), HUB_ADDRESS: '127.0.0.1:' },
    POSTGRES_PASSWORD: randomBytes(24).toString('hex'),
  };
  const files = ['-f', join(ROOT, 'docker', 'compose.yaml'), '-f', override];
  const names = ['--project-name', NAME, '--profile', 'core'];
  return (/** @type {readonly string[]} */ args) =>
    show('docker', ['compose', ...files, ...names, ...args], { env });
}

/** Those that docs/operations.md asks for, "In containers". */
async function makeSecrets() {
  const secret = randomBytes(32).toString('hex');
  const sum = createHash('sha256').update(`apollo_${secret}`).digest('hex').slice(0, 8);
  const key = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' });
  const secrets = join(folder, 'secrets');
  await mkdir(secrets);
  await writeFile(join(secrets, 'admin-token'), `apollo_${secret}${sum}\n`, { mode: 0o600 });
  await writeFile(join(secrets, 'signing.pem'), key, { mode: 0o600 });
  await asRoot(['chown', '-R', '10001:10001', '/made/secrets']);
}

/** @param {readonly string[]} command */
async function asRoot(command) {
  const options = ['--rm', '--network=none', '--user=0:0', '--volume', `${folder}:/made`];
  await ask('docker', ['run', ...options, HUB, ...command]);
}

async function settledHealth() {
  const deadline = performance.now() + HEALTHY_MS;
  for (;;) {
    const state = await look('{{.State.Health.Status}}');
    if (state !== 'starting' || performance.now() > deadline) return state;
    await wait(LOOK_MS, undefined, { signal: interruption });
  }
}

async function showLog() {
  const { out } = await ask('docker', ['ps', '--all', '--quiet', '--filter', `name=^/${NAME}$`]);
  if (out !== '') await show('docker', ['logs', out]);
}

/** @param {string} format */
async function look(format) {
  return (await ask('docker', ['inspect', '--format', format, NAME])).out;
}

/**
 * @param {readonly string[]} command
 * @param {number} [status]
 */
function inside(command, status) {
  return ask('docker', ['exec', NAME, ...command], status);
}

/** @param {string} what */
function step(what) {
  interruption.throwIfAborted();
  console.log(`\n— ${what}`);
}

/**
 * @param {string} seen
 * @param {string | RegExp} wanted
 */
function expect(seen, wanted) {
  const right = typeof wanted === 'string' ? seen === wanted : wanted.test(seen);
  if (!right) throw new Error(`expected ${String(wanted)}, and it is ${JSON.stringify(seen)}`);
}
