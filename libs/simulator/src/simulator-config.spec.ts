import { describe, expect, it } from '@jest/globals';
import { readSimulatorConfig } from './simulator-config.js';

const GIVEN = {
  APOLLO_HUB_URL: 'http://127.0.0.1:8234/',
  APOLLO_SIMULATED_SPOKES: 'dev,prod',
  APOLLO_SPOKES_DIR: '/var/spokes',
};

describe('the configuration of the simulator', () => {
  it.each([
    {
      name: 'what is needed',
      env: {},
      expected: { seed: 'apollo', failures: 0, logLevel: 'info' },
    },
    {
      name: 'all there is',
      env: {
        APOLLO_SIMULATED_SEED: 'b',
        APOLLO_SIMULATED_FAILURES: '.25',
        APOLLO_LOG_LEVEL: 'warn',
      },
      expected: { seed: 'b', failures: 0.25, logLevel: 'warn' },
    },
  ])('reads $name', ({ env, expected }) => {
    expect(readSimulatorConfig({ ...GIVEN, ...env })).toEqual({
      ok: true,
      value: {
        httpUrl: 'http://127.0.0.1:8234',
        socketUrl: 'ws://127.0.0.1:8234/ws/spoke',
        spokes: ['dev', 'prod'],
        directory: '/var/spokes',
        ...expected,
      },
    });
  });

  it.each([
    {
      name: 'everything that is missing at once',
      env: { APOLLO_HUB_URL: '', APOLLO_SPOKES_DIR: undefined },
      expected: [
        'APOLLO_HUB_URL is not set; give the hub as http(s)://HOST[:PORT], without a path',
        'APOLLO_SPOKES_DIR is not set; give a folder that holds the join token of each spoke in the file NAME/token',
      ],
    },
    {
      name: 'a share beyond 1',
      env: { APOLLO_SIMULATED_FAILURES: '1.5' },
      expected: [
        'APOLLO_SIMULATED_FAILURES is not usable; give the share of contents whose pods fail, from 0 to 1, for example 0.2',
      ],
    },
    {
      name: 'a name that leads out of the folder',
      env: { APOLLO_SIMULATED_SPOKES: 'dev,../prod' },
      expected: [
        'APOLLO_SIMULATED_SPOKES is not usable; give the names of the spokes, 1 to 63 of a-z, 0-9 and - each, with commas between them',
      ],
    },
  ])('names $name', ({ env, expected }) => {
    expect(readSimulatorConfig({ ...GIVEN, ...env })).toEqual({ ok: false, error: expected });
  });
});
