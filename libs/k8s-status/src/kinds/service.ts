import type { KindRule } from '../kind-rule.js';
import { fieldsAt, itemsOf } from '../live-fields.js';
import { healthy, progressing } from '../object-status.js';
import { existingIsEnough } from './existing-is-enough.js';

const PENDING = `waits for the address of its load balancer; if none here ever gives one, ${existingIsEnough('Service')}`;

/** Only a LoadBalancer has something to wait for: the address it is given. */
export const serviceStatus: KindRule = (object) => {
  if (fieldsAt(object, 'spec')['type'] !== 'LoadBalancer') return healthy('Exists', 'exists');
  const addresses = itemsOf(fieldsAt(object, 'status', 'loadBalancer')['ingress']);
  return addresses.length > 0
    ? healthy('AddressAssigned', 'its load balancer has an address')
    : progressing('AddressPending', PENDING);
};
