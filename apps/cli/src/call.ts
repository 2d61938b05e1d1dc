import type { Command } from 'commander';
import type { Account } from './account/read-account.js';
import { CommandEnded } from './command-ended.js';
import { EXIT } from './exit-code.js';
import { type ConnectionOptions, connect } from './hub/connect.js';
import type { Answer, HubClient, Page } from './hub/hub-client.js';
import { plain, plainJson, screened } from './output/plain.js';
import type { Surroundings } from './surroundings.js';

interface GlobalOptions extends ConnectionOptions {
  readonly output?: 'table' | 'json';
}

/** One run of a command: the hub that it asks, and how it shows what comes back. */
export class Call {
  private constructor(
    readonly hub: HubClient,
    readonly account: Account,
    private readonly isJson: boolean,
    private readonly surroundings: Surroundings,
  ) {}

  static async of(command: Command, surroundings: Surroundings): Promise<Call> {
    const options = command.optsWithGlobals<GlobalOptions>();
    const { hub, account } = await connect(options, surroundings);
    return new Call(hub, account, options.output === 'json', surroundings);
  }

  /** Shows an answer: as the hub sent it, or as a person reads it. */
  show<T>({ body, text }: Answer<T>, forPeople: (body: T) => string): void {
    if (!this.isJson) this.surroundings.print(screened(forPeople(body)));
    else if (text !== '') {
      this.surroundings.print(this.surroundings.isTerminal.output ? plainJson(text) : text);
    }
  }

  /** Shows a page of a list, and how to come to the next. */
  showPage<T>(answer: Answer<Page<T>>, forPeople: (items: readonly T[]) => string): void {
    const { items, next } = answer.body;
    this.show(answer, () => (items.length === 0 ? 'none' : forPeople(items)));
    if (next !== undefined) this.warn(`there are more: --after ${plain(next)}`);
  }

  /** Shows a person what they are about to answer for; it is no result. */
  present(text: string): void {
    if (this.isJson) this.warn(text);
    else this.surroundings.print(screened(text));
  }

  now(): Date {
    return this.surroundings.now();
  }

  pause(ms: number): Promise<void> {
    return this.surroundings.pause(ms);
  }

  /** Says what is no result and has to be known. */
  warn(text: string): void {
    this.surroundings.tell(screened(text));
  }

  /** Ends the command unless a person says yes, or has said so beforehand; `unasked` if there is none. */
  async confirm(question: string, saidYes: boolean, unasked: string): Promise<void> {
    if (!saidYes && !this.surroundings.isTerminal.input) {
      throw new CommandEnded(EXIT.unusable, unasked);
    }
    await this.reconsider(question, saidYes);
  }

  /** As `confirm`, but goes on where nobody is there to be asked: the command line says it all. */
  async reconsider(question: string, saidYes: boolean): Promise<void> {
    if (saidYes || !this.surroundings.isTerminal.input) return;
    const said = await this.surroundings.ask(`${question} [y/N] `);
    if (/^y(es)?$/i.test(said.trim())) return;
    throw new CommandEnded(EXIT.refused, 'nothing was done');
  }
}
