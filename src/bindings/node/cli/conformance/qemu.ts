/** A conformance program on QEMU's board. */
import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { endLines, pressesWanted, type ConformanceProgram } from '../../../../conformance/program.ts';
import { PROGRAM_LIMIT } from '../../../../conformance/run.ts';
import { driverOn, placeSettings } from '../../../../interchange/slots.ts';
import { defaultMac, type VirtioBus } from '../../../../machine/description.ts';
import { parseSize } from '../../../../machine/size.ts';
import { SLOTS } from '../../../../machine/virtio-slots.ts';

/** QEMU cannot be run. */
export class QemuError extends Error {
  override readonly name = 'QemuError';
}

/** As "qemu 7.2.22", which runQemu takes. @throws QemuError when the command is not there, or is no QEMU. */
export async function qemuVersion(command: string): Promise<string> {
  const { stdout } = await promisify(execFile)(command, ['--version']).catch((error: unknown) => {
    throw new QemuError(`expected QEMU as ${command}: ${(error as Error).message}`);
  });
  const version = /^QEMU emulator version (\S+)/m.exec(stdout)?.[1];
  if (version === undefined)
    throw new QemuError(`expected QEMU as ${command}, found ${JSON.stringify(stdout.slice(0, 80))}`);
  return `qemu ${version}`;
}

/** The processor that has what the specification asks for: up to QEMU 8.1 there was none that has all that QEMU knows. */
function cpuOf(version: string): string {
  const [major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(version) ?? []).slice(1).map(Number);
  const hasMax = major > 8 || (major === 8 && minor >= 2);
  return hasMax ? 'max' : 'rv64,Zfhmin=on,svinval=on,svnapot=on,svpbmt=on,pmu-num=29';
}

/** What it printed until QEMU ended, or until its time was over; `version` is what qemuVersion said. */
export async function runQemu(
  command: string,
  version: string,
  program: ConformanceProgram,
): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'hartware-conformance-'));
  try {
    const file = join(directory, `${program.name}.bin`);
    await writeFile(file, program.bytes);
    const {
      boot = 'firmware',
      append,
      initrd = false,
      harts,
      bus = 'mmio',
      drives = [],
      console,
      powerButton,
      network = 0,
      share,
    } = program.machine;
    const monitor = join(directory, 'monitor');
    const options: string[] = [];
    const devices: string[] = [];
    for (const { size, id, readOnly = false, queues = 1 } of drives) {
      const image = join(directory, `${id}.img`);
      await writeFile(image, '');
      await truncate(image, parseSize(size));
      options.push(
        '-drive',
        `if=none,id=${id},format=raw,file=${image},read-only=${readOnly ? 'on' : 'off'},discard=unmap`,
      );
      devices.push(`virtio-blk,drive=${id},serial=${id},num-queues=${queues}`);
    }
    const socket = join(directory, 'console');
    const printed = console && (await listenAt(socket, console.input));
    if (console) {
      options.push('-chardev', `socket,id=console,path=${socket}`);
      devices.push('virtio-serial,id=serial');
    }
    devices.push('virtio-rng');
    if (powerButton) devices.push('virtio-keyboard');
    for (let card = 0; card < network; card++) {
      options.push('-netdev', `hubport,id=net${card},hubid=0`);
      devices.push(`virtio-net,netdev=net${card},mac=${defaultMac(card)}`);
    }
    if (share) {
      const folder = join(directory, 'share');
      await mkdir(folder);
      for (const [name, text] of Object.entries(share.files)) await writeFile(join(folder, name), text);
      options.push('-fsdev', `local,id=share,path=${folder},security_model=none`);
      devices.push(`virtio-9p,fsdev=share,mount_tag=${share.tag}`);
    }
    const { text, code } = await run(
      command,
      [
        ...['-M', 'virt,aclint=on', '-cpu', cpuOf(version), '-m', '64M', '-smp', `${harts ?? 1}`],
        ...['-display', 'none', '-monitor', `unix:${monitor},server=on,wait=off`, '-serial', 'stdio'],
        ...['-global', 'virtio-mmio.force-legacy=false', '-global', 'virtio-device.packed=on'],
        ...[boot === 'kernel' ? '-kernel' : '-bios', file],
        ...(append === undefined ? [] : ['-append', append]),
        ...(initrd ? ['-initrd', file] : []),
        ...options,
        ...devices.flatMap((device, index) => ['-device', placed(device, bus, index)]),
        ...(console ? ['-device', 'virtconsole,bus=serial.0,chardev=console'] : []),
      ],
      () => tell(monitor, 'sendkey power'),
    );
    return `${text}${endLines(program, { code, console: (await printed?.()) ?? '' })}`;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** An option's device, without its transport, in a slot of a bus, by its place among all devices. */
function placed(device: string, bus: VirtioBus, index: number): string {
  const place = { bus, slot: SLOTS[bus].first + index };
  const [kind, ...settings] = device.split(',');
  const all = { ...placeSettings(place), ...(kind === 'virtio-net' && bus === 'pci' && { romfile: '' }) };
  return [driverOn(place, kind), ...settings, ...Object.entries(all).map((pair) => pair.join('='))].join();
}

interface QemuRun {
  readonly text: string;
  /** Undefined when its time was over. */
  readonly code: number | undefined;
}

/** Waits for QEMU's console at a socket, and types `input` there; what is returned ends that, and gives what was printed. */
async function listenAt(path: string, input: string): Promise<() => Promise<string>> {
  let text = '';
  const server = createServer((socket) => {
    socket.setEncoding('utf8').on('data', (data: string) => (text += data));
    // QEMU may end without having read all of it.
    socket.on('error', () => {}).write(input);
  });
  server.unref();
  await new Promise<void>((done) => server.listen(path, done));
  return () => new Promise((done) => server.close(() => done(text)));
}

/** Has QEMU's monitor carry out a command. */
function tell(monitor: string, command: string): void {
  // A QEMU that has ended since listens no more.
  createConnection(monitor)
    .on('error', () => {})
    .end(`${command}\n`);
}

/**
 * Anything QEMU complains of is an error: an exit code alone may be the program's.
 *
 * @param press presses the power button.
 */
function run(command: string, args: readonly string[], press: () => void): Promise<QemuRun> {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const timer = setTimeout(() => child.kill('SIGKILL'), PROGRAM_LIMIT);
    let text = '';
    let complaint = '';
    let presses = 0;
    child.stdout.setEncoding('utf8').on('data', (data: string) => {
      text += data;
      for (; presses < pressesWanted(text); presses++) press();
    });
    child.stderr.setEncoding('utf8').on('data', (data: string) => (complaint += data));
    child.on('error', (error) => {
      clearTimeout(timer);
      failed(new QemuError(`expected QEMU as ${command}: ${error.message}`));
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      if (code && (complaint !== '' || text === ''))
        failed(new QemuError(`QEMU ended with code ${code}: ${complaint.trim()}`));
      else done({ text, code: code ?? undefined });
    });
  });
}
