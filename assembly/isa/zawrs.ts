/**
 * Zawrs: waiting on a reservation set. A hart may leave the wait early for any
 * reason, so that giving the turn to the next hart once is a valid wait.
 */
import { H_MSTATUS, H_PRIV, H_RESERVATION, PRIV_M } from '../layout';
import { MSTATUS_TW } from '../generated/csr';
import { raiseIllegal } from '../hart/exception';
import { endTurn } from '../hart/schedule';
import { NEVER } from '../hart/timer';

function waitOnReservation(h: usize): void {
  if (load<u64>(h, H_RESERVATION) != NEVER) endTurn();
}

export function executeWrsNto(h: usize, r: usize): void {
  if (load<u32>(h, H_PRIV) != PRIV_M && load<u64>(h, H_MSTATUS) & MSTATUS_TW) raiseIllegal(h);
  else waitOnReservation(h);
}

export function executeWrsSto(h: usize, r: usize): void {
  waitOnReservation(h);
}
