/** Guests in processes of their own: builds of this project, and QEMU. */
import type { Contender, Guest } from '../support/contender.ts';
import { GuestProcess, type GuestCommand } from '../support/guest-process.ts';
import type { LinuxContender, LinuxGuest } from './session.ts';

export function processContender(contender: Contender, guest: Guest): LinuxContender {
  return {
    name: contender.name,
    boot: () => Promise.resolve(startProcess(contender.command(guest))),
  };
}

/** A guest whose console is the standard input and output of a command. */
export function startProcess(command: GuestCommand): LinuxGuest {
  const process = new GuestProcess(command);
  return {
    console: process.console,
    type: (text) => process.type(text),
    instructions: async () => (command.isOurs ? (await process.statistics()).instructions : undefined),
    close: () => process.kill(),
  };
}
