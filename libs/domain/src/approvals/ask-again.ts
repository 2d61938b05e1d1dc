import type { SetAside } from './count-approvals.js';
import type { JudgedGates } from './judge-gates.js';

/**
 * People to be asked once more, by name: they said yes, a gate that is not met lacks it, and it does not
 * count any more because it lapsed or because other content would run now.
 */
export function askAgain({ gates }: Pick<JudgedGates, 'gates'>): readonly SetAside[] {
  const asked = new Map<string, SetAside>();
  for (const { satisfied, setAside } of gates) {
    for (const each of satisfied ? [] : setAside) {
      const again = each.because === 'other_digest' || each.because === 'lapsed';
      if (again && !asked.has(each.by)) asked.set(each.by, each);
    }
  }
  return [...asked.values()].sort((a, b) => (a.by < b.by ? -1 : 1));
}
