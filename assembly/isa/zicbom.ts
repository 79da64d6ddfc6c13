/**
 * Zicbom: cache-block management. Memory is coherent, so that only the checks
 * of privilege and access have an effect (ISA manual, 19.4.2 and 19.5).
 */
import { H_MENVCFG, H_PRIV, H_SENVCFG, PRIV_M, PRIV_U } from '../layout';
import { MENVCFG_CBCFE, MENVCFG_CBIE } from '../generated/csr';
import { raiseIllegal } from '../hart/exception';
import { checkBlockAccess } from '../mmu/access';
import { rs1 } from './registers';

/** Whether the environment configuration enables the block operations of `field` (any bit of it) in the current mode. */
export function blockOperationEnabled(h: usize, field: u64): bool {
  const privilege = load<u32>(h, H_PRIV);
  if (privilege == PRIV_M) return true;
  if (!(load<u64>(h, H_MENVCFG) & field)) return false;
  return privilege != PRIV_U || (load<u64>(h, H_SENVCFG) & field) != 0;
}

function manage(h: usize, r: usize, field: u64): void {
  if (blockOperationEnabled(h, field)) checkBlockAccess(h, rs1(h, r) as u64);
  else raiseIllegal(h);
}

export function executeCboInval(h: usize, r: usize): void {
  manage(h, r, MENVCFG_CBIE);
}

export function executeCboClean(h: usize, r: usize): void {
  manage(h, r, MENVCFG_CBCFE);
}

export function executeCboFlush(h: usize, r: usize): void {
  manage(h, r, MENVCFG_CBCFE);
}
