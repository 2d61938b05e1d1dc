import { describe, expect, it } from '@jest/globals';
import { readHubConfig, unknownVariables } from './hub-config.js';

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
        logLevel: 'debug',
      },
    });
  });

  it('takes an empty variable for one that is not set', () => {
    const read = readHubConfig({ APOLLO_PORT: '', DATABASE_URL: '' }, '/srv');

    expect(read.ok && read.value.port).toBe(8234);
    expect(read.ok && read.value).not.toHaveProperty('databaseUrl');
  });

  it.each([
    { name: 'every address', variable: 'APOLLO_HOST', text: '0.0.0.0' },
    { name: 'every address, in IPv6', variable: 'APOLLO_HOST', text: '::' },
    { name: 'an address of a network', variable: 'APOLLO_HOST', text: '192.168.1.4' },
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
    { name: 'an unknown log level', variable: 'APOLLO_LOG_LEVEL', text: 'verbose' },
  ])('refuses $name', ({ variable, text }) => {
    const read = readHubConfig({ [variable]: text }, '/srv');

    expect(read.ok ? [] : read.error.map((fault) => fault.variable)).toEqual([variable]);
    expect(read.ok ? '' : read.error[0]?.message).toContain('accepted is ');
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

  it('points out variables that are nearly settings', () => {
    const environment = {
      APOLLO_PROT: '1',
      APOLLO_PORT: '1',
      APOLLO_HOME: '/srv/apollo',
      APOLLO_TEST_LEVEL: 'unit',
      APOLLO_TEST_CLUSTER: 'shared',
      APOLLO_SPOKE_WORKDIR: '/tmp',
      PATH: '/',
    };

    expect(unknownVariables(environment)).toEqual(['APOLLO_PROT']);
  });
});
