/** Zifencei: decoded blocks follow every store, so that fence.i has nothing left to do. */
export function executeFenceI(h: usize, r: usize): void {}
