import { messageOf } from '../errors.ts';

/**
 * The other end of a network card's cable. Frames are those of Ethernet from the destination
 * address on, without preamble, checksum (FCS) and padding.
 */
export interface NetworkBackend {
  /**
   * The cable is plugged in. `receive` gives the guest a frame, at any time from now on; as on a
   * wire, one for which it has no room is lost. The bytes are copied before it returns.
   */
  attach(receive: (frame: Uint8Array) => void): void;
  /** Takes a frame that the guest sent; the array is the backend's to keep. */
  send(frame: Uint8Array): void;
  /** The machine is gone: nobody takes what `receive` would give. */
  detach?(): void;
}

/** What goes to the log where a backend throws: it must not be the guest's fault. */
export function networkFailed(what: string, error: unknown): string {
  return `${what} of the network failed: ${messageOf(error)}`;
}
