/** Zihintpause: the hart waits for another one, which gets its turn now. */
import { endTurn } from '../hart/schedule';

export function executePause(h: usize, r: usize): void {
  endTurn();
}
