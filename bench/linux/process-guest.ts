/** Guests in processes of their own: builds of this project, and QEMU. */
import type { Contender, Guest } from '../support/contender.ts';
import { GuestProcess } from '../support/guest-process.ts';
import type { LinuxContender } from './session.ts';

export function processContender(contender: Contender, guest: Guest): LinuxContender {
  return {
    name: contender.name,
    async boot() {
      const process = new GuestProcess(contender.command(guest));
      return {
        console: process.console,
        type: (text) => process.type(text),
        instructions: async () => (contender.isOurs ? (await process.statistics()).instructions : undefined),
        close: () => process.kill(),
      };
    },
  };
}
