/** A level-triggered interrupt wire from a device to an interrupt controller input. */
export interface InterruptLine {
  /** Drives the wire; setting the level it already has does nothing. */
  set(level: boolean): void;
}
