import type { DesiredState } from '@apollo-deploy/domain';
import { addToChannel } from '../../catalog/add-to-channel.js';
import { addRecall } from '../../recalls/add-recall.js';
import { withdrawRecall } from '../../recalls/withdraw-recall.js';
import { must, PERSON } from '../engine-world.js';
import type { Operation } from './operation.js';
import { PRODUCTS, VERSIONS } from './walk-world.js';

/** What people do to products, releases and entities. */
export const CATALOG_OPERATIONS: readonly Operation[] = [
  {
    name: 'put',
    weight: 5,
    run: async (world, random) => {
      const { name } = random.pick(world.entities);
      const desired = random.pick<DesiredState>([
        { channel: 'dev' },
        { channel: 'dev' },
        { version: random.pick(VERSIONS) },
        { range: random.pick(['^1.0.0', '>=1.1.0', '~1.2.0']) },
        { absent: true },
      ]);
      const values = random.once(3) ? { replicas: 2 } : {};
      const saved = await world.put(name, desired, values);
      return saved ? `${name} ${JSON.stringify({ desired, values })}` : undefined;
    },
  },
  {
    name: 'register',
    weight: 4,
    run: async (world, random) => {
      const [product, version] = [random.pick(PRODUCTS), random.pick(VERSIONS)];
      return (await world.register(product, version, random)) ? `${product} ${version}` : undefined;
    },
  },
  {
    name: 'channel',
    weight: 4,
    run: async ({ context }, random) => {
      const entry = {
        channel: 'dev',
        product: random.pick(PRODUCTS),
        version: random.pick(VERSIONS),
      };
      const added = await addToChannel(context, PERSON, entry);
      return added.ok ? `${entry.product} ${entry.version}` : undefined;
    },
  },
  {
    name: 'recall',
    weight: 2,
    run: async ({ context, recalls }, random) => {
      const product = random.pick(PRODUCTS);
      const range = random.pick(['1.1.0', '>=1.2.0', '1.0.0', '<1.2.0']);
      const strategy = random.pick(['forward', 'downgrade'] as const);
      const reason = 'It loses orders';
      const recall = must(await addRecall(context, PERSON, { product, range, strategy, reason }));
      recalls.push(recall.id);
      return `${product} ${range} ${strategy}`;
    },
  },
  {
    name: 'withdraw recall',
    weight: 1,
    run: async ({ context, recalls }) => {
      const id = recalls.pop();
      if (id === undefined) return undefined;
      must(await withdrawRecall(context, PERSON, id));
      return id;
    },
  },
];
