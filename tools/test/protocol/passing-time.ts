import type { VirtualTime } from '@apollo-deploy/orchestration/testing';

const EVERY_MS = 5;

/** Lets virtual time pass, twice as fast as real time or `speed` times, while something goes on. */
export async function whileTimePasses<T>(
  time: VirtualTime,
  work: Promise<T>,
  speed = 2,
): Promise<T> {
  const passing = setInterval(() => {
    time.advance(speed * EVERY_MS);
  }, EVERY_MS);
  try {
    return await work;
  } finally {
    clearInterval(passing);
  }
}
