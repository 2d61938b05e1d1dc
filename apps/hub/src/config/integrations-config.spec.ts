import { describe, expect, it } from '@jest/globals';
import { INTEGRATIONS_SETTINGS } from './integrations-config.js';
import { readHubConfig } from './hub-config.js';

const VARIABLES = Object.keys(INTEGRATIONS_SETTINGS);

describe('the settings of others whom the hub asks and tells', () => {
  it.each([
    { name: 'a host and port', text: 'http://chronos:8010', expected: 'http://chronos:8010' },
    { name: 'https', text: 'https://backups.example.com', expected: 'https://backups.example.com' },
    { name: 'an address', text: 'http://[::1]:8010', expected: 'http://[::1]:8010' },
    { name: 'a path', text: 'http://a/chronos/v1', expected: 'http://a/chronos/v1' },
    { name: 'a slash at the end', text: 'http://a:1/', expected: 'http://a:1' },
    { name: 'a path with slashes at the end', text: 'http://a/b//', expected: 'http://a/b' },
  ])('take $name', ({ text, expected }) => {
    const read = readHubConfig({ CHRONOS_URL: text }, '/srv');
    expect(read).toMatchObject({ value: { integrations: { chronos: expected } } });
  });

  it('do without whoever is not named', () => {
    const read = readHubConfig({ CHRONOS_URL: '' }, '/srv');
    expect(read.ok && read.value.integrations).toEqual({ told: {} });
  });

  it('take everybody', () => {
    const given = Object.fromEntries(VARIABLES.map((name) => [name, `http://${name}`]));
    const read = readHubConfig(given, '/srv');
    expect(read.ok && read.value.integrations).toEqual({
      chronos: 'http://CHRONOS_URL',
      panoptes: 'http://PANOPTES_URL',
      hades: 'http://HADES_URL',
      told: {
        hermes: 'http://HERMES_URL',
        lcis: 'http://LCIS_URL',
        event_bus: 'http://EVENT_BUS_URL',
      },
    });
  });

  const BAD = [
    { name: 'a host without a scheme', text: 'chronos:8010' },
    { name: 'another scheme', text: 'ftp://chronos' },
    { name: 'a file', text: 'file:///srv' },
    { name: 'no host', text: 'http://' },
    { name: 'a port too high', text: 'http://chronos:65536' },
    { name: 'a name and password', text: 'http://ann:hunter2@chronos' },
    { name: 'a name', text: 'http://ann@chronos' },
    { name: 'a question', text: 'http://chronos/?key=hunter2' },
    { name: 'a question without words', text: 'http://chronos?' },
    { name: 'a fragment', text: 'http://chronos#a' },
    { name: 'a backslash', text: 'http://chronos\\a' },
    { name: 'a blank', text: 'http://chronos /' },
    { name: 'a line break', text: 'http://chronos\n' },
    { name: 'a very long text', text: `http://chronos/${'a'.repeat(1024)}` },
  ];
  it.each(VARIABLES.flatMap((variable) => BAD.map((bad) => ({ ...bad, variable }))))(
    'refuse $name in $variable, and do not repeat it',
    ({ variable, text }) => {
      const read = readHubConfig({ [variable]: text }, '/srv');
      expect(read.ok ? [] : read.error.map((fault) => fault.variable)).toEqual([variable]);
      expect(JSON.stringify(read)).toContain('accepted is http:// or https://');
      expect(JSON.stringify(read)).not.toContain('hunter2');
    },
  );
});
