import type { Environment, Product, Recall, Release } from '@apollo-deploy/domain';
import type { ChannelEntry } from '@apollo-deploy/orchestration';
import { flag, instant, integer, json, optional, prose, text } from './columns.js';
import { TableMap } from './table-map.js';

export const ENVIRONMENTS = new TableMap<Environment>('environments', ['name'], {
  name: text(),
  tier: text(),
  channel: text(),
  execution: text(),
  rollbackOnFailure: flag(),
  maxConcurrent: optional(integer()),
  createdAt: instant(),
  version: integer(),
});

export const PRODUCTS = new TableMap<Product>('products', ['name'], {
  name: text(),
  criticality: text(),
  owner: optional(text()),
  namespace: optional(text()),
  rolloutTimeoutSeconds: integer(),
  maxConcurrent: optional(integer()),
  labels: json(),
  createdAt: instant(),
  version: integer(),
});

export const RELEASES = new TableMap<Release>('releases', ['id'], {
  id: text(),
  product: text(),
  version: text(),
  chart: json(),
  dependencies: json(),
  requires: optional(json()),
  strategies: optional(json()),
  createdAt: instant(),
  createdBy: text(),
});

export const RECALLS = new TableMap<Recall>('recalls', ['id'], {
  id: text(),
  product: text(),
  range: text(),
  strategy: text(),
  minimum: optional(text()),
  reason: prose(),
  createdBy: text(),
  createdAt: instant(),
});

export const CHANNEL_ENTRIES = new TableMap<ChannelEntry>(
  'channel_entries',
  ['product', 'channel', 'version'],
  { channel: text(), product: text(), version: text(), addedAt: instant(), addedBy: text() },
);
