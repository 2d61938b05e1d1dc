import type { AgentInMemory } from './agent-in-memory.js';
import type { Meeting } from './meeting.js';
import type { RecordingRelay } from './recording-relay.js';
import type { Frame, Step } from './transcript.js';

/** What people and machines do besides the conversation, on the side of the hub. */
export const ACTS_OF_HUB: Readonly<Record<string, (meeting: Meeting) => Promise<void>>> = {
  'aria 1.0.0 is desired': (meeting) => meeting.desireAria(),
  'its plan is cancelled': (meeting) => meeting.cancelAria(),
  'the replica stops': (meeting) => meeting.hub.stop(),
};

/** And on the side of the spoke. */
export const ACTS_OF_SPOKE: Readonly<Record<string, (agent: AgentInMemory) => void>> = {
  'no chart can be fetched': (agent) => agent.holdCharts(),
  'charts can be fetched': (agent) => agent.releaseCharts(),
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
    ACTS_OF_SPOKE[name]?.(agent);
    await ACTS_OF_HUB[name]?.(meeting);
  }

  async hubSays(type: string): Promise<Frame> {
    const step = await this.sides.relay.until((one) => 'hub' in one && one.hub.t === type);
    return (step as Extract<Step, { hub: Frame }>).hub;
  }

  /** Waits until the spoke has said this and the hub has acknowledged it; answers the frame. */
  async told(type: string): Promise<Frame> {
    const { relay } = this.sides;
    const step = await relay.until((one) => 'spoke' in one && one.spoke.t === type);
    const { spoke } = step as Extract<Step, { spoke: Frame }>;
    await relay.until((one) => 'hub' in one && one.hub.t === 'ack' && one.hub.re === spoke.id);
    return spoke;
  }

  /** Waits until the spoke is done with the offer. */
  async offerDone(): Promise<void> {
    const { id } = await this.hubSays('plan.offer');
    await this.sides.relay.until(
      (one) => 'spoke' in one && one.spoke.t === 'ack' && one.spoke.re === id,
    );
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
    await talk.told('plan.result');
    await talk.offerDone();
    await talk.told('state.delta');
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
