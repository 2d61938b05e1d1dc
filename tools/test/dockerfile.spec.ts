import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readHubConfig } from '../../apps/hub/src/config/hub-config.js';
import { readSpokeConfig } from '../../apps/spoke/src/spoke-config.js';
import { copiedFromContext, readDockerfile, textsOf } from './dockerfile.js';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const SOURCES = { hub: read('docker/hub.Dockerfile'), spoke: read('docker/spoke.Dockerfile') };
const FILES = { hub: readDockerfile(SOURCES.hub), spoke: readDockerfile(SOURCES.spoke) };
/** What a build is given, but for what is left out of folders. */
const GIVEN = read('.dockerignore')
  .split('\n')
  .filter((line) => line.startsWith('!'))
  .map((line) => line.slice(1));

describe.each(['hub', 'spoke'] as const)('the image of a %s', (app) => {
  const file = FILES[app];
  const last = file.stages.at(-1);

  it('runs by a number that is not the one of root', () => {
    expect(textsOf(last, 'USER')).toEqual(['10001:10001']);
  });

  it('is ended by the signal that its program hears', () => {
    expect(textsOf(last, 'STOPSIGNAL')).toEqual(['SIGTERM']);
  });

  it('runs the program without a shell before it, which would not pass the signal on', () => {
    expect(textsOf(last, 'CMD')).toEqual([`["node", "apps/${app}/dist/main.js"]`]);
    expect(existsSync(join(ROOT, `apps/${app}/src/main.ts`))).toBe(true);
  });

  it('has the packages that the program needs to run, and no others', () => {
    const packages = file.stages.find(({ name }) => name === 'packages');
    expect(textsOf(packages, 'RUN')).toEqual([
      `npm ci --workspace apps/${app} --omit dev --omit optional --ignore-scripts`,
    ]);
    const copies = textsOf(last, 'COPY').filter((text) => text.startsWith('--from='));
    expect(copies.filter((text) => !text.startsWith('--from=helm '))).toEqual([
      '--from=packages /app ./',
      '--from=build /app ./',
    ]);
  });

  it('is made of what there is, and of what a build is given', () => {
    const sources = copiedFromContext(file).filter((path) => path !== '.');
    expect(sources.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    const isGiven = (path: string): boolean =>
      GIVEN.some((given) => path === given || path.startsWith(`${given}/`));
    expect(sources.filter((path) => !isGiven(path))).toEqual([]);
  });

  it('names no host that anything is fetched from', () => {
    expect(SOURCES[app]).not.toMatch(/:\/\/|[a-z0-9]\.(com|io|org|dev|net)\b/);
  });
});

describe('the images of hub and spoke', () => {
  it('stand on bases that can be chosen', () => {
    const hub = { BASE_IMAGE: 'node:20-bookworm-slim' };
    expect(FILES.hub.args).toEqual(hub);
    expect(FILES.spoke.args).toEqual({ ...hub, GO_IMAGE: 'golang:1.26-bookworm' });
    const bases = [...FILES.hub.stages, ...FILES.spoke.stages].map(({ image }) => image);
    expect(new Set(bases)).toEqual(new Set(['${BASE_IMAGE}', '${GO_IMAGE}']));
  });

  it('are built alike', () => {
    const stagesOf = (app: 'hub' | 'spoke') =>
      FILES[app].stages.filter(({ name }) => name !== undefined && name !== 'helm');
    const hub = JSON.stringify(stagesOf('hub')).replaceAll('apps/hub', 'apps/spoke');
    expect(JSON.parse(hub)).toEqual(stagesOf('spoke'));
  });
});

describe('the image of a hub', () => {
  const last = FILES.hub.stages.at(-1);

  it('is well when /health says so', () => {
    expect(textsOf(last, 'HEALTHCHECK')).toEqual([
      '--interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["node", "/app/health-check.mjs"]',
    ]);
    expect(textsOf(last, 'COPY')).toContain('LICENSE docker/health-check.mjs ./');
  });

  it('lets in nobody until it is told who may', () => {
    const config = readHubConfig(environmentOf('hub'), '/app');
    expect(config.ok ? [] : config.error.map(({ variable }) => variable)).toEqual([
      'APOLLO_ADMIN_TOKEN_FILE',
    ]);
  });

  it('starts with a way in', () => {
    const environment = { ...environmentOf('hub'), APOLLO_ADMIN_TOKEN_FILE: '/run/token' };
    expect(readHubConfig(environment, '/app')).toMatchObject({
      ok: true,
      value: {
        ...{ host: '0.0.0.0', port: 8234, login: 'required', storage: 'database' },
        storageDirectory: '/var/lib/apollo',
      },
    });
  });
});

describe('the image of a spoke', () => {
  const last = FILES.spoke.stages.at(-1);
  const chart = read('charts/apollo-spoke/templates/stateful-set.yaml');

  it('says that it cannot be asked how it is', () => {
    expect(textsOf(last, 'HEALTHCHECK')).toEqual(['NONE']);
  });

  it('keeps its key where its chart has the volume for it, by the same user', () => {
    const environment = { ...environmentOf('spoke'), APOLLO_HUB_URL: 'https://hub' };
    const machine = { cores: 1, homeDirectory: '/' };
    expect(readSpokeConfig(environment, machine)).toMatchObject({
      ok: true,
      value: { workdir: '/var/lib/apollo-spoke', helmPath: 'helm' },
    });
    expect(chart).toContain('value: /var/lib/apollo-spoke }');
    expect(chart).toContain('runAsUser: 10001\n        runAsGroup: 10001\n');
  });

  it('has the Helm that the tests run, compiled by the Go that its module asks for', () => {
    const helm = FILES.spoke.stages.find(({ name }) => name === 'helm');
    const [build = ''] = textsOf(helm, 'RUN');
    expect(build).toContain('helm.sh/helm/v4/internal/version.version=$version" helm.sh/helm/v4/');
    expect(textsOf(last, 'COPY')).toContain('--from=helm /helm /usr/local/bin/helm');
    const [, go] = /^go (\d+\.\d+)/m.exec(read('libs/local-cluster/go/go.mod')) ?? [];
    expect(FILES.spoke.args['GO_IMAGE']).toBe(`golang:${String(go)}-bookworm`);
  });
});

/** What the image sets for the program. */
function environmentOf(app: 'hub' | 'spoke'): Record<string, string> {
  const pairs = textsOf(FILES[app].stages.at(-1), 'ENV').flatMap((text) => text.split(' '));
  return Object.fromEntries(pairs.map((pair) => pair.split('=') as [string, string]));
}
