import { type Heard, type Reply, says, StandIn } from '../../src/testing/stand-in.js';

/** All whom a hub asks and tells, by the settings that name them. */
const SYSTEMS = ['CHRONOS', 'PANOPTES', 'HADES', 'HERMES', 'LCIS', 'EVENT_BUS'] as const;
type OutsideSystem = (typeof SYSTEMS)[number];

/** Whom the hub waits for; the others are told by an outbox, each in a line of its own. */
const ASKED: readonly OutsideSystem[] = ['CHRONOS', 'PANOPTES', 'HADES'];

const ANSWERS_WELL: Reply = says(200, { healthy: true });

/** Calls about a service that are not answered yet. */
interface Withheld {
  readonly system: OutsideSystem;
  readonly service: string;
  readonly answers: (() => void)[];
}

function isAbout({ path, text }: Heard, { service }: Pick<Withheld, 'service'>): boolean {
  return path.startsWith(`/health/${service}?`) || text.includes(`"service":"${service}"`);
}

/** All six, each on a port of its own; each answers well, until the test says otherwise. */
export class Outside {
  /** What those were asked for whom the hub waits for, in this order. */
  readonly asked: string[] = [];
  private readonly replies = new Map<OutsideSystem, Reply>();
  private readonly withheld: Withheld[] = [];

  private constructor(private readonly standIns: ReadonlyMap<OutsideSystem, StandIn>) {
    for (const [system, standIn] of standIns) {
      standIn.reply = (response, heard) => {
        const { method, path, text } = heard;
        if (ASKED.includes(system)) this.asked.push(`${system} ${method} ${path} ${text}`.trim());
        const answer = (): void => {
          (this.replies.get(system) ?? ANSWERS_WELL)(response, heard);
        };
        const held = this.withheld.find((one) => one.system === system && isAbout(heard, one));
        if (held === undefined) answer();
        else held.answers.push(answer);
      };
    }
  }

  static async start(): Promise<Outside> {
    const standIns = new Map<OutsideSystem, StandIn>();
    for (const system of SYSTEMS) standIns.set(system, await StandIn.start());
    return new Outside(standIns);
  }

  /** What a hub has to be set to so that it asks and tells them. */
  get settings(): Readonly<Record<string, string>> {
    const named = [...this.standIns].map(([system, { url }]) => [`${system}_URL`, url] as const);
    return Object.fromEntries(named);
  }

  /** From now on; without a reply it answers well again. */
  answers(system: OutsideSystem, reply?: Reply): void {
    if (reply === undefined) this.replies.delete(system);
    else this.replies.set(system, reply);
  }

  /** Lets one answer nothing until the function returned is called, which then has it answer well. */
  isSlow(system: OutsideSystem): () => void {
    const held: (() => void)[] = [];
    this.answers(system, (response, heard) => {
      held.push(() => {
        ANSWERS_WELL(response, heard);
      });
    });
    return () => {
      this.answers(system);
      for (const answer of held.splice(0)) answer();
    };
  }

  /** Lets one answer nothing about this service, until `lets` is called. */
  withholds(system: OutsideSystem, service: string): void {
    this.withheld.push({ system, service, answers: [] });
  }

  /** Lets one answer about this service what it was asked meanwhile, and from now on. */
  lets(system: OutsideSystem, service: string): void {
    const [held] = this.withheld.filter((one) => one.system === system && one.service === service);
    if (held === undefined) throw new Error(`${system} withholds nothing about ${service}`);
    this.withheld.splice(this.withheld.indexOf(held), 1);
    for (const answer of held.answers) answer();
  }

  /** Lets all answer about every service. */
  letsAll(): void {
    for (const { system, service } of [...this.withheld]) this.lets(system, service);
  }

  /** The calls that one has had about a service. */
  heardOf(system: OutsideSystem, service: string): readonly Heard[] {
    return this.at(system).heard.filter((heard) => isAbout(heard, { service }));
  }

  /** How many calls one has had. */
  count(system: OutsideSystem): number {
    return this.at(system).heard.length;
  }

  /** Resolves once one has had so many calls about a service. */
  async hearsOf(system: OutsideSystem, service: string, count: number): Promise<void> {
    while (this.heardOf(system, service).length < count)
      await this.hears(system, this.count(system) + 1);
  }

  /** Resolves once one has had so many calls. */
  hears(system: OutsideSystem, count: number): Promise<void> {
    return this.at(system).hears(count);
  }

  /** What one was told from a call on; how long something took is no matter. */
  toldTo(system: OutsideSystem, from = 0): readonly string[] {
    return this.at(system)
      .heard.slice(from)
      .map(({ method, path, text }) => `${method} ${path} ${text}`)
      .map((call) => call.replace(/"duration":\d+(\.\d+)?/, '"duration":…'));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.standIns.values()].map((standIn) => standIn.stop()));
  }

  private at(system: OutsideSystem): StandIn {
    const standIn = this.standIns.get(system);
    if (standIn === undefined) throw new Error(`there is no ${system}`);
    return standIn;
  }
}
