import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Client } from 'pg';

/** How PostgreSQL says that a transaction was committed. */
const COMMITTED = Buffer.from('COMMIT\0');
/** Of what was sent before, so much is kept to find a statement that comes in two pieces. */
const TAIL_BYTES = 256;

interface Link {
  readonly hub: Socket;
  readonly server: Socket;
}

interface Hold {
  readonly statement: Buffer;
  readonly begin: () => void;
}

/**
 * The way from hubs to a PostgreSQL server, as a load balancer has it: it can lead to another server,
 * cut what is connected, and keep to itself what the server answers from a certain commit on.
 */
export class DatabaseRelay {
  private readonly links = new Set<Link>();
  private hold: Hold | undefined;
  private holding = false;

  private constructor(
    private readonly server: Server,
    private target: string,
  ) {
    server.on('connection', (hub) => {
      this.admit(hub);
    });
  }

  /** Leads to the server of this address. */
  static async start(target: string): Promise<DatabaseRelay> {
    const server = createServer({ noDelay: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new DatabaseRelay(server, target);
  }

  /** The database of the target, by way of this relay. */
  get url(): string {
    const { user, password, database } = new Client({ connectionString: this.target });
    const { port } = this.server.address() as AddressInfo;
    const who = [user ?? '', ...(password == null ? [] : [password])].map(encodeURIComponent);
    return `postgresql://${who.join(':')}@127.0.0.1:${port}/${database ?? ''}`;
  }

  /** Connections to come lead there; those that are open are cut. */
  leadTo(target: string): void {
    this.target = target;
    this.cut();
  }

  /** Cuts every connection. */
  cut(): void {
    for (const { hub, server } of this.links) {
      hub.destroy();
      server.destroy();
    }
  }

  /**
   * From the commit of the first transaction that sends `statement` on, nothing that the server says
   * is passed on, on any connection. Resolves when the server has kept that transaction.
   */
  holdFromCommitOf(statement: string): Promise<void> {
    return new Promise((resolve) => {
      this.hold = { statement: Buffer.from(statement), begin: resolve };
    });
  }

  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.cut();
    await closed;
  }

  private admit(hub: Socket): void {
    const { host, port } = new Client({ connectionString: this.target });
    const server = host.startsWith('/')
      ? connect(`${host}/.s.PGSQL.${port}`)
      : connect({ host, port, noDelay: true });
    const link = { hub, server };
    this.links.add(link);
    let tail = Buffer.alloc(0);
    let watched = false;
    hub.on('data', (bytes) => {
      tail = Buffer.concat([tail.subarray(-TAIL_BYTES), bytes]);
      watched ||= this.hold !== undefined && tail.includes(this.hold.statement);
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (watched && bytes.includes(COMMITTED)) this.beginHolding();
      if (!this.holding) hub.write(bytes);
    });
    for (const [end, other] of [
      [hub, server],
      [server, hub],
    ] as const) {
      end.on('error', () => other.destroy());
      end.on('close', () => {
        other.destroy();
        this.links.delete(link);
      });
    }
  }

  private beginHolding(): void {
    this.holding = true;
    this.hold?.begin();
    this.hold = undefined;
  }
}
