/**
 * What one benchmark found. Besides these it has its own figures.
 * @typedef {{ bench: string, n: number, ratio: number, reach: string, met: boolean } & Record<string, unknown>} Line
 */

/**
 * `run` takes one of its own `sizes`.
 * @typedef {{ sizes: { full: unknown, tiny: unknown }, run(size: unknown): Promise<Line> }} Benchmark
 */

/**
 * Every benchmark by the name it is asked for. Adding one is a file and an entry here.
 * @type {Record<string, () => Promise<Benchmark>>}
 */
export const BENCHMARKS = {
  'evaluate-all': () => import('./evaluate-all.mjs'),
  'after-change': () => import('./after-change.mjs'),
  'plan-transition': () => import('./plan-transition.mjs'),
  windows: () => import('./windows.mjs'),
  constraints: () => import('./constraints.mjs'),
  dependencies: () => import('./dependencies.mjs'),
  start: () => import('./start.mjs'),
  'simulated-spokes': () => import('./simulated-spokes.mjs'),
  helm: () => import('./helm.mjs'),
};

/** Those that start a cluster: on a tiny size they run only when they are asked for by name. */
export const NEEDS_CLUSTER = ['helm'];
