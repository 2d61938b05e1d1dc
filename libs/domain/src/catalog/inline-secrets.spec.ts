import { describe, expect, it } from '@jest/globals';
import { inlineSecrets } from './inline-secrets.js';

const PEM = '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----';
const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N';

describe('values', () => {
  it.each<{ name: string; values: object; path: string; looksLike: string }>([
    {
      name: 'a private key',
      values: { tls: { key: PEM } },
      ...{ path: 'values.tls.key', looksLike: 'a private key' },
    },
    {
      name: 'a private key in a file of several',
      values: { files: { 'id.pem': `# mine\n${PEM}` } },
      ...{ path: 'values.files.id.pem', looksLike: 'a private key' },
    },
    {
      name: 'an access key of a cloud',
      values: { backup: ['--key', 'AKIAIOSFODNN7EXAMPLE'] },
      ...{ path: 'values.backup.1', looksLike: 'an access key of a cloud' },
    },
    {
      name: 'a JWT',
      values: { args: [`--header=Bearer ${JWT}`] },
      ...{ path: 'values.args.0', looksLike: 'a token' },
    },
    {
      name: 'a token of a forge',
      values: { git: { auth: `ghp_${'a1'.repeat(18)}` } },
      ...{ path: 'values.git.auth', looksLike: 'a token' },
    },
    {
      name: 'a token of Apollo',
      values: { hub: `apollo_${'0f'.repeat(36)}` },
      ...{ path: 'values.hub', looksLike: 'a token' },
    },
    {
      name: 'an address with a password',
      values: { database: 'postgres://shop:hunter2@db.test/shop' },
      ...{ path: 'values.database', looksLike: 'an address with a password' },
    },
    {
      name: 'a password by its name',
      values: { auth: { rootPassword: 'hunter2' } },
      ...{ path: 'values.auth.rootPassword', looksLike: 'a password' },
    },
    {
      name: 'a password of digits',
      values: { auth: { password: 1234 } },
      ...{ path: 'values.auth.password', looksLike: 'a password' },
    },
    {
      name: 'a key for an API',
      values: { mailer: { API_KEY: 'k-1' } },
      ...{ path: 'values.mailer.API_KEY', looksLike: 'a password' },
    },
    {
      name: 'a variable of a container',
      values: {
        env: [
          { name: 'MODE', value: 'x' },
          { name: 'DB_PASSWORD', value: 'hunter2' },
        ],
      },
      ...{ path: 'values.env.1.value', looksLike: 'a password' },
    },
    {
      name: 'a password in a file of settings',
      values: { config: 'user = shop\npassword = hunter2\n' },
      ...{ path: 'values.config', looksLike: 'a password' },
    },
    {
      name: 'a password in JSON within a text',
      values: { config: '{"user":"shop","clientSecret":"hunter2"}' },
      ...{ path: 'values.config', looksLike: 'a password' },
    },
  ])('hold a secret where they hold $name', ({ values, path, looksLike }) => {
    expect(inlineSecrets(values, 'values')).toMatchObject([{ path, looksLike }]);
  });

  it('hold every secret of a variable, not its value alone', () => {
    const env = [{ command: ['--key', 'AKIAIOSFODNN7EXAMPLE'], name: 'API_KEY', value: 'k-1' }];
    expect(inlineSecrets({ env }, 'values').map(({ path }) => path)).toEqual([
      'values.env.0.command.1',
      'values.env.0.value',
    ]);
  });

  it.each<{ name: string; values: object }>([
    { name: 'the name of a Secret', values: { auth: { existingSecret: 'shop-db' } } },
    {
      name: 'the key within a Secret',
      values: { auth: { secretKeys: { adminPasswordKey: 'password' }, passwordKey: 'pw' } },
    },
    {
      name: 'a variable from a Secret',
      values: {
        env: [
          {
            name: 'DB_PASSWORD',
            valueFrom: { secretKeyRef: { name: 'shop-db', key: 'password' } },
          },
        ],
      },
    },
    { name: 'a password that is left open', values: { auth: { password: '', token: null } } },
    { name: 'a password from a variable', values: { auth: { password: '$(DB_PASSWORD)' } } },
    { name: 'a password from a template', values: { auth: { password: '{{ .Values.x }}' } } },
    { name: 'a password from a vault', values: { auth: { password: 'vault:kv/shop#pw' } } },
    { name: 'a place for a password', values: { auth: { password: '<from the vault>' } } },
    { name: 'a file with a password', values: { auth: { passwordFile: '/run/secrets/db' } } },
    { name: 'a choice', values: { auth: { token: true, usePasswordFiles: 'true' } } },
    { name: 'rules for passwords', values: { password: { minimumLength: 12 }, tokens: 5 } },
    { name: 'a public key', values: { key: '-----BEGIN PUBLIC KEY-----\nMCow' } },
    { name: 'a certificate', values: { ca: '-----BEGIN CERTIFICATE-----\nMIIB' } },
    { name: 'an address with a port', values: { url: 'http://shop.test:8080/a@b' } },
    { name: 'an address with a password to come', values: { url: 'amqp://shop:$(PW)@mq' } },
    { name: 'an image by its digest', values: { image: `shop@sha256:${'ab'.repeat(32)}` } },
    { name: 'settings that name a variable', values: { config: 'password: ${DB_PASSWORD}\n' } },
    { name: 'a text about passwords', values: { help: 'Forgot your password? Ask the desk.' } },
    { name: 'a field whose name begins alike', values: { tokenizer: 'fast', passwordless: 'yes' } },
  ])('hold no secret where they hold $name', ({ values }) => {
    expect(inlineSecrets(values, 'values')).toEqual([]);
  });

  it('are searched in one pass, also where they are made to be nearly secrets', () => {
    const nearly = [
      'eyJ',
      '-eyJ',
      'AKIA',
      'a://:',
      '"a":"',
      'password',
      'gho_',
      '"',
      '\n:',
      '-----BEGIN ',
    ];
    for (const part of nearly) {
      const text = part.repeat(Math.floor((256 * 1024) / part.length));
      const before = performance.now();
      inlineSecrets({ text }, 'values');
      expect(performance.now() - before).toBeLessThan(2_000);
    }
  });
});
