/** What the core asks of its host: memory-mapped I/O and the time. No i64 crosses here. */

/** Reads `size` bytes at `address`; the upper half of 8 bytes is put into `mmioHigh`. */
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
