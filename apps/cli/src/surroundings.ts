/** Everything that a command reads and writes. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where it was started: files are named from here. */
  readonly directory: string;
  /** Whether a person sits at either end. */
  readonly isTerminal: { readonly input: boolean; readonly output: boolean };
  readonly fetch: typeof fetch;
  now(): Date;
  /** Resolves after so many milliseconds. */
  pause(ms: number): Promise<void>;
  /** A result: standard output, with a line feed added. */
  print(text: string): void;
  /** What is no result: standard error, with a line feed added. */
  tell(text: string): void;
  /** What a person answers; empty if nobody does. Only where `isTerminal.input`. */
  ask(question: string): Promise<string>;
}
