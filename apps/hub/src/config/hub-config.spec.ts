import { describe, expect, it } from '@jest/globals';
import { PROMOTION_PATHS } from '@apollo-deploy/domain';
import { readHubConfig } from './hub-config.js';

describe('the configuration of the hub', () => {
  it('has an initial value for everything', () => {
    expect(readHubConfig({}, '/srv/apollo')).toEqual({
      ok: true,
      value: {
        host: '127.0.0.1',
        port: 8234,
        storage: 'database',
        dataDirectory: '/srv/apollo/.apollo/postgres',
        storageDirectory: '/srv/apollo/.apollo/storage',
        chartLimitBytes: 5_242_880,
        login: 'required',
        session: { idleMs: 3_600_000, longestMs: 36_000_000 },
        deployments: { settlingMs: 15_000 },
        integrations: { told: {} },
        webhooks: { allowedNetworks: [] },
        signingKeyFiles: [],
        promotionPaths: PROMOTION_PATHS,
        limits: { perPrincipal: 100, perAddress: 100, perDoor: 10 },
        corsOrigins: [],
        logLevel: 'info',
      },
    });
  });

  it('takes every variable', () => {
    const environment = {
      APOLLO_HOST: '::1',
      APOLLO_PORT: '0',
      APOLLO_STORAGE: 'filesystem',
      DATABASE_URL: 'postgres://hub@localhost/apollo',
      APOLLO_DATA_DIR: '/var/lib/apollo',
      APOLLO_STORAGE_DIR: 'kept/here',
      APOLLO_CHART_LIMIT: '1024',
      APOLLO_LOGIN: 'local',
      APOLLO_ADMIN_TOKEN_FILE: 'secrets/admin',
      APOLLO_LOG_LEVEL: 'debug',
    };

    expect(readHubConfig(environment, '/srv')).toEqual({
      ok: true,
      value: {
        host: '::1',
        port: 0,
        storage: 'filesystem',
        databaseUrl: 'postgres://hub@localhost/apollo',
        dataDirectory: '/var/lib/apollo',
        storageDirectory: '/srv/kept/here',
        chartLimitBytes: 1024,
        login: 'local',
        adminTokenFile: '/srv/secrets/admin',
        session: { idleMs: 3_600_000, longestMs: 36_000_000 },
        deployments: { settlingMs: 15_000 },
        integrations: { told: {} },
        webhooks: { allowedNetworks: [] },
        signingKeyFiles: [],
        promotionPaths: PROMOTION_PATHS,
        limits: { perPrincipal: 100, perAddress: 100, perDoor: 10 },
        corsOrigins: [],
        logLevel: 'debug',
      },
    });
  });

  it('takes an empty variable for one that is not set', () => {
    const read = readHubConfig({ APOLLO_PORT: '', DATABASE_URL: '' }, '/srv');

    expect(read.ok && read.value.port).toBe(8234);
    expect(read.ok && read.value).not.toHaveProperty('databaseUrl');
  });

  it('lets services be promoted along fewer paths', () => {
    const read = readHubConfig({ APOLLO_PROMOTION_PATHS: 'staging:prod, dev:staging' }, '/srv');

    expect(read.ok && read.value.promotionPaths).toEqual([
      { from: 'development', to: 'staging' },
      { from: 'staging', to: 'production' },
    ]);
  });

  it.each([
    { name: 'a network', variable: 'APOLLO_HOST', text: '10.0.0.0/8' },
    { name: 'an address with a port', variable: 'APOLLO_HOST', text: '127.0.0.1:80' },
    { name: 'a short address', variable: 'APOLLO_HOST', text: '127.1' },
    { name: 'a URL', variable: 'APOLLO_HOST', text: 'http://hub' },
    { name: 'a way to log in of its own', variable: 'APOLLO_LOGIN', text: 'none' },
    {
      name: 'a name that begins as loopback',
      variable: 'APOLLO_HOST',
      text: '127.0.0.1.evil.test',
    },
    { name: 'an octet too large', variable: 'APOLLO_HOST', text: '127.0.0.256' },
    { name: 'a port too high', variable: 'APOLLO_PORT', text: '65536' },
    { name: 'a negative port', variable: 'APOLLO_PORT', text: '-1' },
    { name: 'a port in words', variable: 'APOLLO_PORT', text: 'http' },
    { name: 'a port in exponents', variable: 'APOLLO_PORT', text: '8e3' },
    { name: 'an unknown storage', variable: 'APOLLO_STORAGE', text: 'Database' },
    { name: 'another database', variable: 'DATABASE_URL', text: 'mysql://hub@localhost/apollo' },
    { name: 'a chart limit of nothing', variable: 'APOLLO_CHART_LIMIT', text: '0' },
    { name: 'a chart limit with a unit', variable: 'APOLLO_CHART_LIMIT', text: '5MiB' },
    { name: 'sessions that never rest', variable: 'APOLLO_SESSION_IDLE_MINUTES', text: '0' },
    { name: 'sessions of less than nothing', variable: 'APOLLO_SESSION_HOURS', text: '-1' },
    { name: 'sessions of no number', variable: 'APOLLO_SESSION_HOURS', text: 'NaN' },
    { name: 'no settling time', variable: 'APOLLO_SETTLING_SECONDS', text: '0' },
    { name: 'a settling time of hours', variable: 'APOLLO_SETTLING_SECONDS', text: '3600' },
    { name: 'a settling time of no number', variable: 'APOLLO_SETTLING_SECONDS', text: 'soon' },
    { name: 'sessions without end', variable: 'APOLLO_SESSION_HOURS', text: 'Infinity' },
    { name: 'sessions of years', variable: 'APOLLO_SESSION_HOURS', text: '87600' },
    { name: 'a path that there is not', variable: 'APOLLO_PROMOTION_PATHS', text: 'prod:dev' },
    { name: 'a path in full words', variable: 'APOLLO_PROMOTION_PATHS', text: 'dev:production' },
    { name: 'a path to nowhere', variable: 'APOLLO_PROMOTION_PATHS', text: 'dev:staging,' },
    { name: 'an unknown log level', variable: 'APOLLO_LOG_LEVEL', text: 'verbose' },
  ])('refuses $name', ({ variable, text }) => {
    const read = readHubConfig({ [variable]: text }, '/srv');

    expect(read.ok ? [] : read.error.map((fault) => fault.variable)).toEqual([variable]);
    expect(read.ok ? '' : read.error[0]?.message).toContain('accepted is ');
  });

  const TOKEN = { APOLLO_ADMIN_TOKEN_FILE: '/etc/apollo/admin' };
  it.each<{ name: string; given: Record<string, string>; fault: string | undefined }>([
    { name: 'on loopback', given: {}, fault: undefined },
    { name: 'on IPv6 loopback', given: { APOLLO_HOST: '::1' }, fault: undefined },
    { name: 'on this machine by name', given: { APOLLO_HOST: 'localhost' }, fault: undefined },
    {
      name: 'on every address, with a first person',
      given: { ...TOKEN, APOLLO_HOST: '0.0.0.0' },
      fault: undefined,
    },
    {
      name: 'on a name, with a first person',
      given: { ...TOKEN, APOLLO_HOST: 'hub-1.example.org' },
      fault: undefined,
    },
    {
      name: 'on every address, and nobody could log in',
      given: { APOLLO_HOST: '0.0.0.0' },
      fault: 'APOLLO_ADMIN_TOKEN_FILE',
    },
    {
      name: 'on every address, in IPv6, and nobody could log in',
      given: { APOLLO_HOST: '::' },
      fault: 'APOLLO_ADMIN_TOKEN_FILE',
    },
    {
      name: 'on a name that begins as this machine, and nobody could log in',
      given: { APOLLO_HOST: 'localhost.example.org' },
      fault: 'APOLLO_ADMIN_TOKEN_FILE',
    },
    {
      name: 'on an address of a network, and nobody has to log in',
      given: { ...TOKEN, APOLLO_HOST: '192.168.1.4', APOLLO_LOGIN: 'local' },
      fault: 'APOLLO_LOGIN',
    },
    {
      name: 'on every address, and nobody has to log in',
      given: { ...TOKEN, APOLLO_HOST: '0.0.0.0', APOLLO_LOGIN: 'local' },
      fault: 'APOLLO_LOGIN',
    },
    {
      name: 'on every address by IPv6, and nobody has to log in',
      given: { ...TOKEN, APOLLO_HOST: '::ffff:0:0', APOLLO_LOGIN: 'local' },
      fault: 'APOLLO_LOGIN',
    },
  ])('$name: refuses to start for $fault', ({ given, fault }) => {
    const read = readHubConfig(given, '/srv');

    expect(read.ok ? undefined : read.error.map(({ variable }) => variable).join()).toBe(fault);
    expect(read.ok ? 'set' : read.error[0]?.message).toContain('set');
  });

  it('takes a chart limit of 50 MiB, and says that this is the most', () => {
    const most = readHubConfig({ APOLLO_CHART_LIMIT: '52428800' }, '/srv');
    const more = readHubConfig({ APOLLO_CHART_LIMIT: '52428801' }, '/srv');

    expect(most.ok && most.value.chartLimitBytes).toBe(52_428_800);
    expect(more.ok ? [] : more.error).toEqual([
      {
        variable: 'APOLLO_CHART_LIMIT',
        message:
          'APOLLO_CHART_LIMIT is "52428801"; accepted is a whole number of bytes from 1024 to 52428800',
      },
    ]);
  });

  it('names all faults at once', () => {
    const read = readHubConfig({ APOLLO_PORT: 'x', APOLLO_LOG_LEVEL: 'y' }, '/srv');

    expect(read).toEqual({
      ok: false,
      error: [
        {
          variable: 'APOLLO_PORT',
          message:
            'APOLLO_PORT is "x"; accepted is a whole number from 0 to 65535, where 0 means any free port',
        },
        {
          variable: 'APOLLO_LOG_LEVEL',
          message:
            'APOLLO_LOG_LEVEL is "y"; accepted is one of fatal, error, warn, info, debug, trace, silent',
        },
      ],
    });
  });

  it('does not print a database URL, which may hold a password', () => {
    const read = readHubConfig({ DATABASE_URL: 'http://hub:hunter2@localhost' }, '/srv');

    expect(JSON.stringify(read)).not.toContain('hunter2');
  });

  it.each([
    { name: 'a slip of the pen', variable: 'APOLLO_PROT', meant: 'APOLLO_PORT' },
    {
      name: 'a letter too few',
      variable: 'APOLLO_SIGNING_KEYFILE',
      meant: 'APOLLO_SIGNING_KEY_FILE',
    },
    { name: 'the plural', variable: 'APOLLO_OIDC_ROLE', meant: 'APOLLO_OIDC_ROLES' },
    { name: 'a unit of its own', variable: 'APOLLO_SESSION_HOUR', meant: 'APOLLO_SESSION_HOURS' },
  ])('refuses to start with $name, and names what was meant', ({ variable, meant }) => {
    expect(readHubConfig({ [variable]: '1' }, '/srv')).toEqual({
      ok: false,
      error: [
        {
          variable,
          message: `${variable} is no setting of the hub; did you mean ${meant}? Correct its name, or take it away`,
        },
      ],
    });
  });

  it.each([
    { name: 'of the launcher', given: { APOLLO_HOME: '/srv/apollo', APOLLO_SIMULATED_SEED: '1' } },
    { name: 'of tests', given: { APOLLO_TEST_LEVEL: 'unit', APOLLO_TEST_CLUSTER: 'shared' } },
    { name: 'of a spoke', given: { APOLLO_SPOKE_WORKDIR: '/tmp', APOLLO_HELM: 'helm' } },
    { name: 'of apolloctl', given: { APOLLO_HUB: 'http://hub', APOLLO_TOKEN_FILE: 'token' } },
    { name: 'of other programs', given: { PATH: '/', APOLLONIA: '1' } },
    { name: 'that is empty', given: { APOLLO_PROT: '' } },
    {
      name: 'that Kubernetes sets for a service of the name apollo-hub',
      given: {
        APOLLO_HUB_SERVICE_HOST: '10.96.0.7',
        APOLLO_HUB_SERVICE_PORT: '8234',
        APOLLO_HUB_SERVICE_PORT_HTTP: '8234',
        APOLLO_HUB_PORT: 'tcp://10.96.0.7:8234',
        APOLLO_HUB_PORT_8234_TCP: 'tcp://10.96.0.7:8234',
        APOLLO_HUB_PORT_8234_TCP_ADDR: '10.96.0.7',
      },
    },
  ])('takes no offence at a variable $name', ({ given }) => {
    expect(readHubConfig(given, '/srv').ok).toBe(true);
  });
});
