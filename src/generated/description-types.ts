// Generated from spec/schema by tools/generate. Do not edit.

/** Version of the format that this release reads and writes. */
export const DESCRIPTION_VERSION = 1;
/** Harts that a machine may have. */
export const MAX_HARTS = 8;
/** The least RAM, in bytes. */
export const MIN_MEMORY = 16777216;
/** The most RAM, in bytes: the core's 4 GiB of linear memory, less its own 48 MiB. */
export const MAX_MEMORY = 4244635648;
/** virtio devices that a machine may have, drives included. */
export const MAX_VIRTIO_DEVICES = 8;
/** What a machine is, as plain JSON. What its surroundings decide is in the options of `createMachine`. */
export interface MachineDescription {
  /** Version of this format: 1. */
  readonly hartware: 1;
  /** 1 to 8. Default 1. */
  readonly harts?: number;
  /** RAM, in bytes or as text like "256M": 16M to 4048M, whole MiB. Default "256M". */
  readonly memory?: number | string;
  /** What time is. Default `{"kind":"host"}`. */
  readonly clock?: ClockDescription;
  /** What the harts offer beyond the common. */
  readonly isa?: {
    /** Largest virtual address size offered; some guests cannot take "sv57". Default "sv48". */
    readonly paging?: Paging;
  };
  /** What the machine starts. */
  readonly boot: BootDescription;
  /**
   * virtio block devices. Those without a slot of their own lie in this order in the first free ones, and
   * then the console, the entropy device and the power button. Together with the entropy device, console
   * and power button at most 8. Default none.
   */
  readonly drives?: readonly DriveDescription[];
  /**
   * Network cards (virtio). Each needs a virtio slot, of which there are 8. What is at the other end of
   * their cables is no part of the machine. Default none.
   */
  readonly network?: readonly NetworkDescription[];
  /** Devices that a machine may have or not. */
  readonly devices?: {
    /** virtio entropy device: host entropy, or a repeatable sequence from a seed. Default true. */
    readonly rng?:
      | boolean
      | {
          /**
           * A whole number from 0 to 2^32 - 1; what comes of it is repeatable, and no secret. Default: host
           * entropy.
           */
          readonly seed?: number;
          /** Its virtio slot. Default the first free one. */
          readonly slot?: number;
        };
    /** virtio console beside the UART. Default false. */
    readonly console?: OptionalDevice;
    /** virtio input device with a power key, for `powerButton()`. Default false. */
    readonly powerButton?: OptionalDevice;
  };
  /** Where editors find the schema of this document. Says nothing of the machine. */
  readonly $schema?: string;
}
/** Sizes of virtual addresses (privileged spec, 12.4 to 12.6). */
export type Paging = 'sv39' | 'sv48' | 'sv57';
/** What time is to the guest: of `mtime`, timers and the real-time clock. */
export type ClockDescription =
  | {
      /** Time is the host's. */
      readonly kind: 'host';
    }
  | {
      /** Time is counted in executed instructions: equal runs are equal to the instruction. */
      readonly kind: 'virtual';
      /** A multiple of 10 million up to 10 000 million. Default 1000000000. */
      readonly instructionsPerSecond?: number;
      /**
       * What to do when every hart waits: let host time pass, or go to the next event at once. Default
       * "sleep".
       */
      readonly idle?: 'sleep' | 'skip';
      /**
       * What the real-time clock starts from: UTC, from 1970 to 9999, with at most three decimals of a
       * second. Default "2025-01-01T00:00:00Z".
       */
      readonly startTime?: string;
    };
/**
 * A kernel, firmware, or flash. Firmware starts what is in flash, or else the kernel. With flash the
 * kernel is handed over by fw_cfg.
 */
export interface BootDescription {
  /** Linux Image, ELF64 or raw, also gzip-compressed. */
  readonly kernel?: BootFile;
  /** Initial RAM disk; several are joined in this order. Only with a kernel. Default none. */
  readonly initrd?: BootFile | readonly BootFile[];
  /** Kernel command line. Default "". */
  readonly append?: string;
  /** M-mode firmware, as OpenSBI. Without it the machine provides SBI itself. */
  readonly firmware?: BootFile;
  /**
   * Flash: two banks of 32 MiB, for UEFI or another boot loader and its variables. With it the machine
   * has at most 3984M of memory.
   */
  readonly flash?: FlashDescription;
  /**
   * How what is in flash, or else the kernel, is entered where there is no firmware: in S-mode above the
   * machine's own SBI, or in M-mode from reset. Default "supervisor" for flash and for Linux Images, else
   * "machine". Not with firmware, which enters S-mode.
   */
  readonly privilege?: 'supervisor' | 'machine';
  /** A DTB to use in place of the machine's own; `/chosen` is still filled in. */
  readonly fdt?: BootFile;
}
/** A file by its path or URL, with the digest of its content if that is to be checked. */
export type BootFile =
  | string
  | {
      /** A path or URL. */
      readonly file: string;
      /**
       * SHA-256 of the file's content as it lies there, in 64 hexadecimal digits. A file with another content
       * is refused before anything starts, and at a reset.
       */
      readonly sha256?: string;
    };
/** What is in the two banks of flash. */
export interface FlashDescription {
  /**
   * The first bank, which the guest cannot change: at most 32 MiB, from its first byte on, where
   * execution starts.
   */
  readonly code: BootFile;
  /**
   * The second bank, which the guest changes: a raw image of whole sectors of 256 KiB, at most 128 of
   * them. Default: an erased bank that is gone when the machine is.
   */
  readonly variables?: FlashVariables;
}
/** An image that is read, and written to as the guest programs the flash. */
export type FlashVariables =
  | string
  | {
      /** A path or URL. */
      readonly file: string;
      /** SHA-256 of what the bank starts from, in 64 hexadecimal digits, as of a drive. */
      readonly sha256?: string;
      /** Whether programming and erasing fail. Default false. */
      readonly readOnly?: boolean;
    };
/** A virtio block device. */
export interface DriveDescription {
  /** A raw image: a file path or URL. This or `memory`. */
  readonly file?: string;
  /**
   * SHA-256 of what the drive starts from, in 64 hexadecimal digits. An image with another content is
   * refused before anything starts; one that the guest has written to is another one, so that this goes
   * with `readOnly`, or with a fresh copy for each start. Only with `file`.
   */
  readonly sha256?: string;
  /**
   * An empty drive of this size, in bytes or as text like "64M", whole sectors of 512 bytes, that is gone
   * when the machine is. This or `file`.
   */
  readonly memory?: number | string;
  /** Whether the guest may only read. Default false. */
  readonly readOnly?: boolean;
  /**
   * Serial number the guest sees, at most 20 printable ASCII characters, different for each drive.
   * Default "drive0", "drive1" and so on.
   */
  readonly id?: string;
  /** Its virtio slot. Default the first free one. */
  readonly slot?: number;
}
/** A network card. */
export interface NetworkDescription {
  /**
   * Its address, different for each card: of one card alone, not of a group. Default "52:54:00:12:34:56"
   * and those that follow.
   */
  readonly mac?: string;
  /** Its virtio slot. Default the first free one. */
  readonly slot?: number;
}
/** Whether a device is there, and in which virtio slot. Default the first free one. */
export type OptionalDevice =
  | boolean
  | {
      /** Its virtio slot. */
      readonly slot: number;
    };
