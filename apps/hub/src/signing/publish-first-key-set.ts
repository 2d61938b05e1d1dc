import { type Context, ensureKeySet } from '@apollo-deploy/orchestration';
import type { KeyFileSigner } from './key-file-signer.js';

/** Makes the keys of this replica the first key set of the hub, if it has none. */
export async function publishFirstKeySet(context: Context, signer: KeyFileSigner): Promise<void> {
  await ensureKeySet(context, signer.firstKeySet());
}
