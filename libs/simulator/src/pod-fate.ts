import { jsonDigest } from '@apollo-deploy/kernel';
import type { HelmValues } from '@apollo-deploy/helm';
import { chanceOf } from './chance.js';

/** What becomes of new pods. The words are those of the local clusters' charts. */
export const BEHAVIOURS = ['ready', 'crash-loop', 'image-pull', 'never-ready'] as const;
export type Behaviour = (typeof BEHAVIOURS)[number];

/** How the pods of one content go on one spoke. */
export interface PodFate {
  readonly behaviour: Behaviour;
  /** From the pod's making until it is ready, or until it is seen that it will not be. */
  readonly afterMs: number;
}

/** What is deployed where. */
export interface DeployedContent {
  readonly spoke: string;
  readonly namespace: string;
  readonly release: string;
  readonly chart: { readonly name: string; readonly version: string };
  readonly values: HelmValues;
}

export interface FateOdds {
  readonly seed: string;
  /** The share of contents whose pods fail, from 0 to 1. */
  readonly failures: number;
}

const SOONEST_MS = 200;
const LATEST_MS = 1500;

/**
 * What the seed says of a content on a spoke. It follows from the content and not from the plan: what
 * ran once runs again, so going back to it works, and what failed once fails again.
 */
export function podFate(content: DeployedContent, { seed, failures }: FateOdds): PodFate {
  const { spoke, namespace, release, chart, values } = content;
  const digest = jsonDigest({ namespace, release, ...chart, values });
  const chance = (what: string): number => chanceOf(seed, what, spoke, digest);
  const [, ...failing] = BEHAVIOURS;
  const failed = failing[Math.floor(chance('how') * failing.length)] ?? 'crash-loop';
  return {
    behaviour: chance('whether') < failures ? failed : 'ready',
    afterMs: Math.round(SOONEST_MS + chance('when') * (LATEST_MS - SOONEST_MS)),
  };
}
