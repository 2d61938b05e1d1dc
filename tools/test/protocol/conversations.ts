import type { AgentInMemory } from './agent-in-memory.js';
import type { Meeting } from './meeting.js';
import type { RecordingRelay } from './recording-relay.js';
import type { Frame, Step } from './transcript.js';

/** What people and machines do besides the conversation, on the side of the hub. */
export const ACTS_OF_HUB: Readonly<Record<string, (meeting: Meeting) => Promise<void>>> = {
  'aria 1.0.0 is desired': (meeting) => meeting.desireAria(),
  'aria 1.1.0 is released': (meeting) => meeting.releaseAria('1.1.0'),
  'aria 1.2.0 is released': (meeting) => meeting.releaseAria('1.2.0'),
  'aria is desired no more': (meeting) => meeting.desireNoAria(),
  'its plan is cancelled': (meeting) => meeting.cancelAria(),
  'the hub looks at what is to be done': (meeting) => meeting.think(),
  'a standby takes over that never heard of cart': (meeting) => meeting.loseStateOf('cart'),
  'another process connects as this spoke': (meeting) => meeting.anotherProcess(),
  'the replica stops': (meeting) => meeting.hub.stop(),
};

/** And on the side of the spoke. */
export const ACTS_OF_SPOKE: Readonly<
  Record<string, (agent: AgentInMemory) => void | Promise<void>>
> = {
  'no chart can be fetched': (agent) => agent.holdCharts(),
  'charts can be fetched': (agent) => agent.releaseCharts(),
  'charts come with other bytes': (agent) => agent.forgeCharts(),
  'a stranger installs cart': (agent) => agent.installCart(),
  'a stranger upgrades cart': (agent) => agent.upgradeCart(),
};

interface Sides {
  readonly meeting: Meeting;
  readonly agent: AgentInMemory;
  readonly relay: RecordingRelay;
}

/** A conversation as it is brought about, to be recorded. */
class Talk {
  constructor(private readonly sides: Sides) {}

  async act(name: string): Promise<void> {
    const { meeting, agent, relay } = this.sides;
    relay.act(name);
    await ACTS_OF_SPOKE[name]?.(agent);
    await ACTS_OF_HUB[name]?.(meeting);
  }

  /** Waits until the hub has said this for the `nth` time; answers the frame. */
  async hubSays(type: string, nth = 1): Promise<Frame> {
    const step = await this.the(nth, (one) => 'hub' in one && one.hub.t === type);
    return (step as Extract<Step, { hub: Frame }>).hub;
  }

  /** Waits until the spoke has said this for the `nth` time; answers the frame. */
  async spokeSays(type: string, nth = 1): Promise<Frame> {
    const step = await this.the(nth, (one) => 'spoke' in one && one.spoke.t === type);
    return (step as Extract<Step, { spoke: Frame }>).spoke;
  }

  /** And until the hub has acknowledged it. */
  async told(type: string, nth = 1): Promise<Frame> {
    const spoke = await this.spokeSays(type, nth);
    await this.sides.relay.until(
      (one) => 'hub' in one && one.hub.t === 'ack' && one.hub.re === spoke.id,
    );
    return spoke;
  }

  /** Waits until the spoke is done with the `nth` offer. */
  async offerDone(nth = 1): Promise<void> {
    const { id } = await this.hubSays('plan.offer', nth);
    await this.sides.relay.until(
      (one) => 'spoke' in one && one.spoke.t === 'ack' && one.spoke.re === id,
    );
  }

  /** Waits until the `nth` offer is carried out, and the hub knows what the cluster shows of it. */
  async carriedOut(nth = 1): Promise<void> {
    await this.told('plan.result', nth);
    await this.offerDone(nth);
    await this.told('state.delta', nth);
  }

  /** Waits until the connection was closed with this code. */
  async closed(code: number): Promise<void> {
    await this.sides.relay.until((one) => 'closed' in one && one.closed.code === code);
  }

  /** The acknowledgement of this message is lost, and the connection with it. */
  losesAckOf(type: string): void {
    const { relay } = this.sides;
    relay.loses = ({ t, re }) =>
      t === 'ack' &&
      relay.steps.some((one) => 'spoke' in one && one.spoke.t === type && one.spoke.id === re);
  }

  delivered(): Promise<void> {
    return this.sides.relay.delivered();
  }

  leadElsewhere(port: number): void {
    this.sides.relay.leadTo(port);
  }

  /** Waits for the `nth` step of which this is true. */
  private async the(nth: number, matches: (step: Step) => boolean): Promise<Step> {
    const { relay } = this.sides;
    let step = await relay.until(matches);
    for (let count = 1; count < nth; count += 1) {
      step = await relay.until(matches, relay.steps.indexOf(step) + 1);
    }
    return step;
  }

  /** Waits until the spoke has told its state in the session it opened as its `count`-th. */
  async resumed(count: number): Promise<void> {
    const { relay } = this.sides;
    await relay.until((one) => 'dials' in one && one.dials === count);
    const from = relay.steps.findIndex((one) => 'dials' in one && one.dials === count);
    const step = await relay.until((one) => 'spoke' in one && one.spoke.t === 'state.full', from);
    const { id } = (step as Extract<Step, { spoke: Frame }>).spoke;
    await relay.until((one) => 'hub' in one && one.hub.re === id, from);
  }
}

/** The conversations that are kept, by the names of their files. */
export const CONVERSATIONS: Readonly<
  Record<string, (talk: Talk, meeting: Meeting) => Promise<void>>
> = {
  install: async (talk) => {
    await talk.told('state.full');
    await talk.act('aria 1.0.0 is desired');
    await talk.carriedOut();
  },
  upgrade: async (talk) => {
    await talk.told('state.full');
    await talk.act('aria 1.0.0 is desired');
    await talk.carriedOut();
    await talk.act('aria 1.1.0 is released');
    await talk.carriedOut(2);
  },
  rollback: async (talk) => {
    await talk.told('state.full');
    await talk.act('aria 1.0.0 is desired');
    await talk.carriedOut();
    await talk.act('aria 1.2.0 is released');
    await talk.carriedOut(2);
    await talk.act('the hub looks at what is to be done');
    await talk.carriedOut(3);
  },
  uninstall: async (talk) => {
    await talk.told('state.full');
    await talk.act('aria 1.0.0 is desired');
    await talk.carriedOut();
    await talk.act('aria is desired no more');
    await talk.carriedOut(2);
  },
  waiting: async (talk) => {
    await talk.told('state.full');
    await talk.act('no chart can be fetched');
    await talk.act('aria 1.0.0 is desired');
    await talk.spokeSays('plan.waiting');
    await talk.act('charts can be fetched');
    await talk.carriedOut();
  },
  gap: async (talk) => {
    await talk.told('state.full');
    await talk.act('a stranger installs cart');
    await talk.told('state.delta');
    await talk.act('a standby takes over that never heard of cart');
    await talk.act('a stranger upgrades cart');
    await talk.hubSays('state.request');
    await talk.told('state.full', 2);
  },
  superseded: async (talk) => {
    await talk.told('state.full');
    await talk.act('another process connects as this spoke');
    await talk.closed(4409);
  },
  resume: async (talk) => {
    await talk.told('state.full');
    talk.losesAckOf('plan.result');
    await talk.act('aria 1.0.0 is desired');
    await talk.told('plan.result');
    await talk.resumed(2);
  },
  cancel: async (talk) => {
    await talk.told('state.full');
    await talk.act('no chart can be fetched');
    await talk.act('aria 1.0.0 is desired');
    await talk.hubSays('plan.offer');
    await talk.act('its plan is cancelled');
    await talk.hubSays('plan.cancel');
    await talk.delivered();
    await talk.act('charts can be fetched');
    await talk.told('plan.result');
    await talk.offerDone();
  },
  refuse: async (talk) => {
    await talk.told('state.full');
    await talk.act('charts come with other bytes');
    await talk.act('aria 1.0.0 is desired');
    await talk.told('plan.result');
    await talk.offerDone();
  },
  drain: async (talk, meeting) => {
    await talk.told('state.full');
    talk.leadElsewhere((await meeting.anotherReplica()).port);
    await talk.act('the replica stops');
    await talk.resumed(2);
  },
};

/** Brings about one of the conversations. */
export async function converse(name: string, sides: Sides): Promise<void> {
  await CONVERSATIONS[name]?.(new Talk(sides), sides.meeting);
}
