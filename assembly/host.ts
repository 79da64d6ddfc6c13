/** What the core asks of its host: memory-mapped I/O, the time, and to compile what the translator wrote. No i64 crosses here. */

/**
 * Reads `size` bytes at `address`; the upper half of 8 bytes is put into `mmioHigh`. With a
 * size of 0 nothing is read: it is a fault where nothing answers.
 */
// @ts-ignore: decorator
@external('host', 'mmioRead')
export declare function hostMmioRead(address: u32, size: u32): u32;

// @ts-ignore: decorator
@external('host', 'mmioWrite')
export declare function hostMmioWrite(address: u32, size: u32, low: u32, high: u32): void;

/** Ticks of the time base on the host's monotonic clock, from an origin of the host's choice. */
// @ts-ignore: decorator
@external('host', 'time')
export declare function hostTime(): f64;

/** Milliseconds on the host's monotonic clock, for statistics. */
// @ts-ignore: decorator
@external('host', 'now')
export declare function hostNow(): f64;

/**
 * Compiles the module of `length` bytes at `address`, which is written over after
 * that. Its functions go into the `slots` slots of the table from `firstSlot` on.
 * The host answers with `batchReady` or `batchFailed`, at once or later.
 */
// @ts-ignore: decorator
@external('host', 'compile')
export declare function hostCompile(address: u32, length: u32, batch: u32, firstSlot: u32, slots: u32): void;

/** Lets go of the module of a batch, whose functions are in `slots` slots of the table from `firstSlot` on. */
// @ts-ignore: decorator
@external('host', 'release')
export declare function hostRelease(batch: u32, firstSlot: u32, slots: u32): void;
