import type { Clock } from '@apollo-deploy/orchestration';
import type { Timer } from '../spokes/timer.js';
import { type Answer, type Call, callReceiver, type ReceiverAddress } from './call-receiver.js';
import { afterCall, CLOSED, letThrough } from './circuit.js';
import { ReceiverUnavailable } from './receiver-unavailable.js';

export interface Machine {
  readonly clock: Clock;
  readonly timer: Timer;
}

/** Somebody who is not asked for a while after not having answered again and again. */
export class GuardedReceiver {
  private circuit = CLOSED;

  constructor(
    readonly address: ReceiverAddress,
    private readonly machine: Machine,
  ) {}

  /**
   * As `callReceiver`. Whatever it answers is of what it was asked for, one service mostly, and says nothing
   * of the others: it counts as an answer, also with status 500 and more.
   */
  async call(call: Call): Promise<Answer> {
    const through = letThrough(this.circuit, this.nowMs);
    if (through === undefined) {
      const { name, url } = this.address;
      throw new ReceiverUnavailable(
        `${name} did not answer again and again and is not asked for a moment; see what is wrong at ${url}, and ask again in half a minute`,
        false,
      );
    }
    this.circuit = through;
    let answered = false;
    try {
      const answer = await callReceiver(this.address, call, this.machine.timer);
      answered = true;
      return answer;
    } finally {
      this.circuit = afterCall(this.circuit, answered, this.nowMs);
    }
  }

  private get nowMs(): number {
    return this.machine.clock.now().getTime();
  }
}
