import type { KindRule } from '../kind-rule.js';
import { fieldsAt, itemsOf } from '../live-fields.js';
import { healthy, progressing } from '../object-status.js';
import { existingIsEnough } from './existing-is-enough.js';

const PENDING = `waits for an ingress controller to publish an address; if none here ever does, ${existingIsEnough('Ingress')}`;

/** Served once its controller has published an address. */
export const ingressStatus: KindRule = (object) => {
  const addresses = itemsOf(fieldsAt(object, 'status', 'loadBalancer')['ingress']);
  return addresses.length > 0
    ? healthy('AddressAssigned', 'its controller serves it')
    : progressing('AddressPending', PENDING);
};
