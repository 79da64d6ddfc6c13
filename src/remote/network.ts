/** Network backends of one thread for a machine on another one, by the address of their cards. */
import { suppliedNetwork, type HostOptions } from '../machine/host-options.ts';
import { networkFailed, type NetworkBackend } from '../network/backend.ts';
import type { Peer, Services } from './peer.ts';

/** Serves them to the other side. */
export class NetworkServer {
  private readonly attached = new Map<string, NetworkBackend>();

  readonly services: Services = {
    'network.attach': (mac: string) =>
      this.call('attach', () => {
        const backend = suppliedNetwork(this.host, mac)!;
        this.attached.set(mac, backend);
        backend.attach((frame) => this.peer().tell('network.receive', [mac, frame.slice()]));
      }),
    'network.send': (mac: string, frame: Uint8Array) =>
      this.call('send', () => this.attached.get(mac)?.send(frame)),
    'network.detach': (mac: string) => this.detach(mac),
  };

  /** @param peer the connection, once it is there. */
  constructor(
    private readonly host: HostOptions,
    private readonly peer: () => Peer,
  ) {}

  /** The other side is gone. */
  close(): void {
    for (const mac of this.attached.keys()) this.detach(mac);
  }

  private detach(mac: string): void {
    const backend = this.attached.get(mac);
    this.attached.delete(mac);
    this.call('detach', () => backend?.detach?.());
  }

  /** Nobody waits for an answer who could be told. */
  private call(what: string, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.host.log?.(networkFailed(what, error));
    }
  }
}

/** Frames of a card that are under way to the other side; more are lost, so that a guest cannot fill its memory. */
export const FRAME_WINDOW = 1024;

/** The backends of the other side. */
export class RemoteNetwork {
  private readonly receivers: Record<string, (frame: Uint8Array) => void> = Object.create(null);

  readonly services: Services = {
    'network.receive': (mac: string, frame: Uint8Array) => this.receivers[mac]?.(frame),
  };

  constructor(private readonly peer: () => Peer) {}

  backend(mac: string): NetworkBackend {
    let underWay = 0;
    const arrived = (): void => void underWay--;
    return {
      attach: (receive) => {
        this.receivers[mac] = receive;
        this.peer().tell('network.attach', [mac]);
      },
      send: (frame) => {
        if (underWay === FRAME_WINDOW) return;
        underWay++;
        this.peer().call('network.send', [mac, frame], [frame.buffer]).then(arrived, arrived);
      },
      detach: () => {
        delete this.receivers[mac];
        this.peer().tell('network.detach', [mac]);
      },
    };
  }
}
