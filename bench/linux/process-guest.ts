/** Guests in processes of their own: builds of this project, and QEMU. */
import type { Contender, Guest } from '../support/contender.ts';
import type { MachineVariant } from '../support/machine-process.ts';
import { GuestProcess, type GuestCommand } from '../support/guest-process.ts';
import type { LinuxContender, LinuxGuest } from './session.ts';

export function processContender(
  contender: Contender,
  guest: Guest,
  variant: MachineVariant = 'local',
): LinuxContender {
  return {
    name: variant === 'local' ? contender.name : `${contender.name}, ${variant}`,
    boot: () => Promise.resolve(startProcess(contender.command(guest, variant))),
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
