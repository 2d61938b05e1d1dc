import type { Body, HubClient } from './hub-client.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Makes somebody with a role, as an administrator does; answers their token. */
export async function tokenOf(
  client: HubClient,
  admin: string,
  { name, role }: { readonly name: string; readonly role: string },
): Promise<string> {
  const headers = { authorization: `Bearer ${admin}` };
  const send = async (method: string, path: string, body: object): Promise<Body> => {
    const response = await client.request(method, path, body, headers);
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return (await response.json()) as Body;
  };
  const path = `/api/v1/people/${name}`;
  await send('PUT', `${path}/roles`, { roles: [role] });
  const expiresAt = new Date(Date.now() + DAY_MS).toISOString();
  const wanted = { name: 'test', scopes: ['approve', 'view'], expiresAt };
  return String((await send('POST', `${path}/tokens`, wanted))['token']);
}
