/** A machine as the command line of QEMU's `virt` board: the same devices in the same places. */
import { ArgumentError } from '../errors.ts';
import { resolveDescription, validateDescription, type MachineDescription } from '../machine/description.ts';
import { Leaving, type ExportOptions } from './leaving.ts';
import { formatSettings } from './option-syntax.ts';
import { formatCommand } from './shell.ts';

const MiB = 1024 * 1024;

/** A command, and what it does not keep. */
export interface QemuExport {
  /** The program and its arguments, for who starts it without a shell. */
  readonly command: readonly string[];
  /** The same as text for a POSIX shell, an option a line. */
  readonly script: string;
  /** What is otherwise there, each with its place in the description and the reason. */
  readonly notes: readonly string[];
}

/**
 * The command line that has QEMU be this machine.
 * @throws DescriptionError; ArgumentError for what no command line can hold.
 */
export function exportQemu(description: MachineDescription, options: ExportOptions = {}): QemuExport {
  const machine = resolveDescription(validateDescription(description));
  const leaving = new Leaving(machine, options);
  const groups: (readonly string[])[] = [
    ['qemu-system-riscv64'],
    // Supervisor software interrupts by memory, which QEMU has with an ACLINT alone.
    ['-M', 'virt,aclint=on'],
    ['-cpu', leaving.cpu()],
    ['-smp', String(machine.harts)],
    ['-m', `${machine.memory / MiB}M`],
    ['-nodefaults'],
    ['-display', 'none'],
    // Ctrl-C goes to the guest, as here; Ctrl-a x ends QEMU, Ctrl-a c goes to its monitor and back.
    ['-chardev', 'stdio,id=terminal,mux=on,signal=off'],
    ['-serial', 'chardev:terminal'],
    ['-mon', 'chardev=terminal'],
    ...leaving.clock(),
  ];
  const seed = leaving.seed();
  if (seed !== undefined) groups.push(['-seed', String(seed)]);
  groups.push(['-global', 'virtio-mmio.force-legacy=false']);
  if (machine.devices.console) {
    // Of what shares a terminal, only one is heard.
    groups.push(['-chardev', 'pty,id=console']);
    leaving.note('devices.console', 'on a pseudo-terminal of its own there, whose name QEMU prints');
  }
  for (const device of machine.virtio) groups.push(...leaving.device(device));
  leaving.noteDrives();

  const { isBare, firmware, kernel, initrd, fdt, flash } = leaving.bootFiles();
  groups.push(['-bios', firmware === undefined ? (isBare ? 'none' : 'default') : firmwareName(firmware)]);
  const bank = (unit: number, file: string, readOnly: boolean): void => {
    const settings = { unit, format: 'raw', readonly: readOnly ? 'on' : 'off', file };
    groups.push(['-drive', formatSettings('if=pflash', settings)]);
  };
  if (flash) bank(0, flash.code, true);
  if (flash?.variables !== undefined) bank(1, flash.variables, flash.readOnly ?? false);
  if (kernel !== undefined) groups.push(['-kernel', kernel]);
  if (initrd !== undefined) groups.push(['-initrd', initrd]);
  if (fdt !== undefined) groups.push(['-dtb', fdt]);
  if (machine.boot.append !== '') groups.push(['-append', machine.boot.append]);
  const command = groups.flat();
  if (command.some((word) => word.includes('\0')))
    throw new ArgumentError('expected a description without NUL characters, found one');
  return { command, script: formatCommand(groups), notes: leaving.notes };
}

/** Two names mean something else to QEMU. */
function firmwareName(file: string): string {
  return file === 'none' || file === 'default' ? `./${file}` : file;
}
