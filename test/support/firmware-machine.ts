/** Machines that run a program given as assembly: as firmware in M-mode from reset, or as a kernel in S-mode. */
import { readFileSync } from 'node:fs';
import { assemble } from '../../src/assembler/assembler.ts';
import { createNodeHost, type NodeHostOptions } from '../../src/bindings/node/host.ts';
import type { MachineDescription } from '../../src/machine/description.ts';
import { LocalMachine } from '../../src/machine/machine.ts';
import { buildLinuxImage } from '../images/linux-image-builder.ts';
import { JIT } from './jit-mode.ts';

const wasm = new WebAssembly.Module(readFileSync(new URL('../../dist/core.wasm', import.meta.url)));

/** Where a kernel entered in S-mode lies. */
export const KERNEL = 0x80200000n;
/** The header of a Linux image, and what comes before its code here. */
const HEADER_SIZE = 80;

export type ProgramDescription = Omit<MachineDescription, 'hartware' | 'boot'>;

async function create(
  boot: MachineDescription['boot'],
  bytes: Uint8Array,
  description: ProgramDescription,
  options: NodeHostOptions = {},
) {
  const host = await createNodeHost({ wasm, files: { program: bytes }, jit: JIT, ...options });
  return LocalMachine.create({ hartware: 1, memory: '16M', ...description, boot }, host);
}

/** `source` at the start of RAM, in M-mode. */
export async function firmwareMachine(
  source: string,
  description: ProgramDescription = {},
  options?: NodeHostOptions,
): Promise<LocalMachine> {
  return create({ firmware: 'program' }, assemble(source).bytes, description, options);
}

/** `source` as a Linux image, entered in S-mode with the machine's own SBI. */
export async function kernelMachine(
  source: string,
  description: ProgramDescription = {},
  options?: NodeHostOptions,
): Promise<LocalMachine> {
  const { bytes } = assemble(source, { origin: KERNEL + BigInt(HEADER_SIZE) });
  const image = buildLinuxImage({ size: HEADER_SIZE + bytes.length, imageSize: 0x10000n });
  new DataView(image.buffer).setUint32(0, 0x0500006f, true); // j .+HEADER_SIZE
  image.set(bytes, HEADER_SIZE);
  return create({ kernel: 'program' }, image, description, options);
}
