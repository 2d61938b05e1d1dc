import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { HUB_SETTINGS, readHubConfig } from '../../apps/hub/src/config/hub-config.js';
import { readCompose } from './compose-file.js';

const ROOT = join(import.meta.dirname, '..', '..');
const SOURCE = readFileSync(join(ROOT, 'docker', 'compose.yaml'), 'utf8');
const GIVEN = { POSTGRES_PASSWORD: 'made-by-a-test', HUB_SECRETS: './secrets' };

describe('docker/compose.yaml', () => {
  const { services, networks, secrets } = readCompose(SOURCE, GIVEN);
  const { apollo, postgres } = services;

  it('has a hub and its database, in the profiles of the fleet, which come up again', () => {
    expect(Object.keys(services)).toEqual(['apollo', 'postgres']);
    const common = { profiles: ['all', 'core'], restart: 'unless-stopped' };
    expect(apollo).toMatchObject({ ...common, container_name: 'leveredge-apollo' });
    expect(postgres).toMatchObject({ ...common, image: 'postgres:18' });
  });

  it('tells the hub where the agents of the fleet are', () => {
    expect(apollo?.environment).toMatchObject({
      EVENT_BUS_URL: 'http://event-bus:8099',
      CHRONOS_URL: 'http://chronos:8010',
      HADES_URL: 'http://hades:8008',
      PANOPTES_URL: 'http://panoptes:8023',
      HERMES_URL: 'http://hermes:8014',
      LCIS_URL: 'http://lcis-librarian:8050',
      DATABASE_URL: 'postgres://apollo:made-by-a-test@postgres:5432/apollo',
    });
  });

  it.each(['EVENT_BUS', 'CHRONOS', 'HADES', 'PANOPTES', 'HERMES', 'LCIS'])(
    'takes another %s, or none',
    (agent) => {
      const name = `${agent}_URL`;
      const heard = (url: string): unknown =>
        readCompose(SOURCE, { ...GIVEN, [name]: url }).services['apollo']?.environment[name];
      expect([heard('http://elsewhere'), heard('')]).toEqual(['http://elsewhere', '']);
    },
  );

  it('passes on every setting that is of use in its container', () => {
    const fixed = [
      // The image says where it listens, there is no other way in, and the database is this one.
      ...['APOLLO_HOST', 'APOLLO_PORT', 'APOLLO_LOGIN', 'APOLLO_STORAGE', 'APOLLO_HUB_ROLE'],
      ...['APOLLO_DATA_DIR', 'APOLLO_STORAGE_DIR'],
      // A file would have to be in the container; the secret itself is passed on.
      'APOLLO_OIDC_CLIENT_SECRET_FILE',
    ];
    const passed = Object.keys(apollo?.environment ?? {});
    expect(passed.toSorted()).toEqual(
      HUB_SETTINGS.filter((name) => !fixed.includes(name)).toSorted(),
    );
  });

  it.each([
    ['APOLLO_WEBHOOK_ALLOWED_NETWORKS', '10.1.7.0/24'],
    ['APOLLO_PROMOTION_PATHS', 'dev:staging,staging:prod'],
    ['APOLLO_PUBLIC_URL', 'https://apollo.example.com'],
    ['APOLLO_OIDC_CLIENT_SECRET', 'of-a-test'],
  ])('passes on %s as it is given, and nothing where it is not', (name, value) => {
    const heard = (given: object): unknown =>
      readCompose(SOURCE, { ...GIVEN, ...given }).services['apollo']?.environment[name];
    expect([heard({ [name]: value }), heard({})]).toEqual([value, '']);
  });

  it('gives the hub only what it takes', () => {
    const config = readHubConfig({ ...apollo?.environment, APOLLO_HOST: '0.0.0.0' }, '/app');
    expect(config.ok ? [] : config.error).toEqual([]);
  });

  it.each(['POSTGRES_PASSWORD', 'HUB_SECRETS'])('says what to do about a missing %s', (name) => {
    const without = { ...GIVEN, [name]: '' };
    expect(() => readCompose(SOURCE, without)).toThrow(/^[A-Z_]+: (set it to|name the folder)/);
  });

  it('gives no secret but by a file or the environment', () => {
    expect(secrets).toEqual({
      'admin-token': { file: './secrets/admin-token' },
      'signing.pem': { file: './secrets/signing.pem' },
    });
    expect(apollo?.environment).toMatchObject({
      APOLLO_ADMIN_TOKEN_FILE: '/run/secrets/admin-token',
      APOLLO_SIGNING_KEY_FILE: '/run/secrets/signing.pem',
    });
    expect(apollo?.['secrets']).toEqual(Object.keys(secrets));
    expect(postgres?.environment).toEqual({
      POSTGRES_USER: 'apollo',
      POSTGRES_DB: 'apollo',
      POSTGRES_PASSWORD: 'made-by-a-test',
    });
  });

  it('lets the hub change nothing but its database', () => {
    expect(apollo).toMatchObject({
      ...{ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] },
    });
    expect(apollo).not.toHaveProperty('user');
  });

  it('shows the hub to this machine alone, and the database to the hub alone', () => {
    expect(apollo?.['ports']).toEqual(['127.0.0.1:8234:8234']);
    expect(apollo?.['networks']).toEqual(['leveredge-network', 'database']);
    expect([postgres?.['ports'], postgres?.['networks']]).toEqual([undefined, ['database']]);
    expect(networks).toEqual({
      'leveredge-network': { name: 'leveredge-network' },
      database: { internal: true },
    });
  });

  it('builds the hub from what there is', () => {
    const { dockerfile, context } = apollo?.['build'] as { dockerfile: string; context: string };
    expect([context, existsSync(join(ROOT, dockerfile))]).toEqual(['..', true]);
  });
});
