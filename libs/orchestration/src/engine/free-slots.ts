import type { PlaceInLine, SlotHolders } from '../ports/plan-slots.js';

const KINDS = {
  environments: 'environment',
  products: 'product',
  spokes: 'spoke',
} as const satisfies Record<keyof SlotHolders, keyof PlaceInLine>;

type Kind = keyof SlotHolders;
const ALL_KINDS = Object.keys(KINDS) as readonly Kind[];

/** How many plans one that has slots lets execute, and how many do; absent limit = no end of slots. */
export interface Slots {
  readonly limit: number | undefined;
  readonly taken: number;
}

/** How many slots are free, of those that were told, while they are given away. */
export class FreeSlots {
  private readonly free: { readonly [K in Kind]: Map<string, number> } = {
    environments: new Map(),
    products: new Map(),
    spokes: new Map(),
  };

  knows(kind: Kind, name: string): boolean {
    return this.free[kind].has(name);
  }

  tell(kind: Kind, name: string, { limit = Infinity, taken }: Slots): void {
    this.free[kind].set(name, limit - taken);
  }

  /** Takes a slot of each that the plan needs one of; false, and nothing taken, if one has none. */
  take(place: Pick<PlaceInLine, 'environment' | 'product' | 'spoke'>): boolean {
    const maps = ALL_KINDS.map((kind) => [this.free[kind], place[KINDS[kind]]] as const);
    if (maps.some(([map, name]) => (map.get(name) ?? 0) <= 0)) return false;
    for (const [map, name] of maps) map.set(name, (map.get(name) ?? 0) - 1);
    return true;
  }

  /** Those that had an end of slots and have some left: somebody may stand in line for one. */
  left(): SlotHolders {
    return this.named((free) => free > 0 && free < Infinity);
  }

  full(): SlotHolders {
    return this.named((free) => free <= 0);
  }

  private named(wanted: (free: number) => boolean): SlotHolders {
    const names = (kind: Kind): readonly string[] =>
      [...this.free[kind]].flatMap(([name, free]) => (wanted(free) ? [name] : []));
    return {
      environments: names('environments'),
      products: names('products'),
      spokes: names('spokes'),
    };
  }
}

/** Whether there is nobody. */
export function isNobody(holders: SlotHolders): boolean {
  return ALL_KINDS.every((kind) => holders[kind].length === 0);
}
