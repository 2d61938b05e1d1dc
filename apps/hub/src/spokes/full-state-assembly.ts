import type { ReleaseReport, SpokePayload } from '@apollo-deploy/protocol';

/** All parts of one full state together, in characters of their frames. */
const ASSEMBLY_LIMIT = 32 * 1024 * 1024;

/**
 * What the newest part made of the assembly. `partial`: more parts are to come. `out_of_order`: parts
 * are missing, and the state must be told again. `too_large`: nobody keeps that much.
 */
export type AssemblyStep =
  | { readonly kind: 'partial' | 'out_of_order' | 'too_large' }
  | {
      readonly kind: 'complete';
      readonly generation: number;
      readonly releases: readonly ReleaseReport[];
      /** Absent: the spoke sees the whole cluster. */
      readonly sight?: Sight;
    };

type Sight = NonNullable<SpokePayload<'state.full'>['sight']>;

/** Puts the parts of a full state together. A first part always begins anew. */
export class FullStateAssembly {
  private generation = 0;
  private parts = 0;
  private nextPart = 0;
  private size = 0;
  private releases: ReleaseReport[] = [];
  private sight: Sight | undefined;

  /** True while parts are still to come. */
  get open(): boolean {
    return this.nextPart > 0;
  }

  /** `frameSize` is the length of the part's frame, in characters. */
  add(part: SpokePayload<'state.full'>, frameSize: number): AssemblyStep {
    if (part.part === 1) this.begin(part);
    else if (!this.continues(part)) {
      this.reset();
      return { kind: 'out_of_order' };
    }
    this.size += frameSize;
    if (this.size > ASSEMBLY_LIMIT) {
      this.reset();
      return { kind: 'too_large' };
    }
    this.releases.push(...part.releases);
    if (part.part < this.parts) {
      this.nextPart = part.part + 1;
      return { kind: 'partial' };
    }
    const { generation, releases, sight } = this;
    this.reset();
    return { kind: 'complete', generation, releases, ...(sight !== undefined && { sight }) };
  }

  private begin({ generation, parts, sight }: SpokePayload<'state.full'>): void {
    this.generation = generation;
    this.parts = parts;
    this.size = 0;
    this.releases = [];
    this.sight = sight;
  }

  private continues({ generation, part, parts }: SpokePayload<'state.full'>): boolean {
    return part === this.nextPart && generation === this.generation && parts === this.parts;
  }

  private reset(): void {
    this.nextPart = 0;
    this.size = 0;
    this.releases = [];
  }
}
