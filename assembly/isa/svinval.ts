/** Svinval: sfence.vma in parts. The invalidation is immediate, so that the two fences order nothing. */
import { H_PRIV, PRIV_U } from '../layout';
import { raiseIllegal } from '../hart/exception';
import { executeSfenceVma } from './privileged';

export function executeSinvalVma(h: usize, r: usize): void {
  executeSfenceVma(h, r);
}

export function executeSfenceWInval(h: usize, r: usize): void {
  if (load<u32>(h, H_PRIV) == PRIV_U) raiseIllegal(h);
}

export function executeSfenceInvalIr(h: usize, r: usize): void {
  if (load<u32>(h, H_PRIV) == PRIV_U) raiseIllegal(h);
}
