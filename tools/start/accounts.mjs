import { randomBytes } from 'node:crypto';
import { chmod, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { isMissing } from './process-table.mjs';

/** The role of each example account. */
const ROLES = {
  'sre-1': 'sre',
  'sre-2': 'sre',
  'product-owner': 'product-owner',
  'vp-engineering': 'vp-engineering',
  admin: 'admin',
};
const DAY_MS = 24 * 60 * 60 * 1000;
const TOKEN_DAYS = 90;
/** The token of `admin` lives for 366 days, and none that is made by means of it lives longer. */
const ADMIN_TOKEN_DAYS = 200;

/** The example accounts of a local system, and their tokens: one file that only its owner can read. */
export class Accounts {
  /**
   * @param {{ tokens: string, adminToken: string }} files
   * @param {typeof import('@apollo-deploy/domain')} domain
   * @param {Record<string, string>} tokens by name
   */
  constructor(files, domain, tokens) {
    this.files = files;
    this.domain = domain;
    this.tokens = tokens;
  }

  /**
   * Has a token of `admin` ready for the hub to begin with: that of the last start, while it is young.
   * @param {{ base: string, tokens: string, adminToken: string }} files
   * @param {string} library where the domain's code is
   */
  static async prepare(files, library) {
    /** @type {typeof import('@apollo-deploy/domain')} */
    const domain = await import(library);
    const accounts = new Accounts(files, domain, await readTokens(files.tokens));
    const { admin } = accounts.tokens;
    const isYoung = (await ageOf(files.adminToken)) < ADMIN_TOKEN_DAYS * DAY_MS;
    if (admin === undefined || !isYoung) await accounts.#renewAdmin();
    return accounts;
  }

  async #renewAdmin() {
    const admin = this.domain.tokenText(randomBytes(32).toString('hex'));
    await writeSecret(this.files.adminToken, `${admin}\n`);
    await this.#keep('admin', admin);
  }

  /**
   * Makes those accounts that the hub does not have, and tokens for those whose token it does not
   * accept. What people changed since stays as it is.
   * @param {import('./hub-api.mjs').HubApi} hub
   */
  async ensure(hub) {
    const admin = hub.as(this.tokens.admin ?? '');
    for (const [name, role] of Object.entries(ROLES)) {
      const token = this.tokens[name];
      if (token !== undefined && (await hub.as(token).find('/api/v1/me')) !== undefined) continue;
      const path = `/api/v1/people/${name}`;
      const person =
        (await admin.find(path)) ?? (await admin.send('PUT', `${path}/roles`, { roles: [role] }));
      if (person.disabled) continue;
      const expiresAt = new Date(Date.now() + TOKEN_DAYS * DAY_MS).toISOString();
      const wanted = { name: 'npm start', scopes: this.domain.PERMISSIONS, expiresAt };
      await this.#keep(name, (await admin.send('POST', `${path}/tokens`, wanted)).token);
    }
  }

  /**
   * @param {string} name
   * @param {string} token
   */
  async #keep(name, token) {
    this.tokens[name] = token;
    await writeSecret(this.files.tokens, `${JSON.stringify(this.tokens, null, 2)}\n`);
  }
}

/**
 * @param {string} file
 * @returns {Promise<Record<string, string>>}
 */
async function readTokens(file) {
  try {
    await chmod(file, 0o600);
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (isMissing(error)) return {};
    throw error;
  }
}

/** @param {string} file */
async function ageOf(file) {
  try {
    return Date.now() - (await stat(file)).mtimeMs;
  } catch (error) {
    if (isMissing(error)) return Infinity;
    throw error;
  }
}

/**
 * Replaces a file as a whole; nobody else can read it at any time.
 * @param {string} file
 * @param {string} text
 */
async function writeSecret(file, text) {
  const next = `${file}.next`;
  await writeFile(next, text, { mode: 0o600 });
  await rename(next, file);
}
