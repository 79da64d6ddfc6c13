/** Zicboz: zeroing a cache block of 64 bytes (Zic64b), as eight aligned stores. */
import { MENVCFG_CBZE } from '../generated/csr';
import { raiseIllegal } from '../hart/exception';
import { zeroBlock } from '../mmu/access';
import { rs1 } from './registers';
import { blockOperationEnabled } from './zicbom';

export function executeCboZero(h: usize, r: usize): void {
  if (blockOperationEnabled(h, MENVCFG_CBZE)) zeroBlock(h, rs1(h, r) as u64);
  else raiseIllegal(h);
}
