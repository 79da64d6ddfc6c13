/** Command lines of QEMU's as machines. */
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { exportQemu, importQemu, InterchangeError } from '../../src/interchange/index.ts';
import { resolveDescription, DescriptionError, completeDescription } from '../../src/machine/description.ts';
import { fuzzSeeds, Random } from '../support/random.ts';
import { requireTool } from '../support/tools.ts';
import { BOARD, EVERYTHING } from './qemu-machine.ts';

describe('a command line of somebody’s', () => {
  const read = (options: string) => importQemu(`${BOARD} -bios f ${options}`);

  test('in other words', () => {
    const { description } = importQemu(
      `/usr/local/bin/qemu-system-riscv64 -nographic -machine virt -smp cpus=2,sockets=1 -m size=1.5G ` +
        '--kernel=x'.replace('=', ' ') +
        ` -drive file=disk.img,format=raw,if=virtio,read-only=on -device virtio-rng-pci -append "root=/dev/vda ro"`,
    );
    expect(description).toEqual({
      hartware: 1,
      harts: 2,
      memory: '1536M',
      boot: { kernel: 'x', append: 'root=/dev/vda ro', privilege: 'supervisor' },
      // In the order in which QEMU makes them.
      drives: [{ file: 'disk.img', format: 'raw', readOnly: true, id: 'drive0', bus: 'pci', slot: 2 }],
      devices: { rng: { bus: 'pci', slot: 1 } },
    });
  });

  test.each([
    // A device that names no number gets the first that is free when it is made.
    [
      '-device virtio-rng-pci,addr=1 -device virtio-net-pci',
      { bus: 'pci', slot: 1 },
      { bus: 'pci', slot: 2 },
    ],
    [
      '-device virtio-rng-pci,addr=1f.0 -device virtio-net-pci',
      { bus: 'pci', slot: 31 },
      { bus: 'pci', slot: 1 },
    ],
    [
      '-device virtio-net-pci,addr=0x2 -device virtio-rng-pci,bus=pcie.0',
      { bus: 'pci', slot: 1 },
      { bus: 'pci', slot: 2 },
    ],
    [
      '-device virtio-rng-device,bus=virtio-mmio-bus.3 -device virtio-net-pci,addr=5',
      { slot: 3 },
      { bus: 'pci', slot: 5 },
    ],
  ])('with devices on PCI: %s', (options, rng, card) => {
    const complete = completeDescription(read(options).description);
    const places = resolveDescription(complete).virtio.map(({ kind, bus, slot }) => [kind, bus, slot]);
    const placeOf = ({ bus = 'mmio', slot }: { bus?: string; slot: number }) => [bus, slot];
    expect(places).toEqual([
      ['rng', ...placeOf(rng)],
      ['network', ...placeOf(card)],
    ]);
  });

  test.each([
    ['-device virtio-rng-pci,bus=rp1', 'on the PCI bus "rp1" there; here there is bus 0 alone'],
    [
      '-device virtio-rng-pci,addr=2.1',
      'addr=2.1: here a device has a number from 1 to 31, and one function',
    ],
    ['-device virtio-rng-pci,addr=0', 'addr=0: here a device has a number'],
    ['-device virtio-rng-pci,vectors=0', 'with the legacy interface of virtio there'],
    ['-device virtio-rng-pci-non-transitional', 'with MSI-X there'],
    [
      '-device virtio-rng-pci,addr=3 -device virtio-net-pci,addr=3',
      '-device virtio-net-pci,addr=3: slot 3 is that of -device virtio-rng-pci,addr=3: another one here',
    ],
  ])('names what is otherwise on PCI: %s', (options, note) => {
    expect(read(options).notes.join('\n')).toContain(note);
  });

  test('of a device on PCI as it is here nothing is said', () => {
    const { notes } = read('-device virtio-rng-pci,bus=pcie.0,addr=0x4,disable-legacy=on,vectors=0');
    expect(notes.filter((note) => note.includes('virtio-rng'))).toEqual([]);
  });

  test('as libvirt writes it', () => {
    const { description, notes } = read(
      `-m 512 -blockdev '{"driver":"file","filename":"/d.img","node-name":"s","auto-read-only":true,"discard":"unmap"}' ` +
        `-blockdev '{"node-name":"f","read-only":false,"discard":"unmap","driver":"raw","file":"s"}' ` +
        `-device '{"driver":"virtio-blk-device","drive":"f","id":"d","serial":"one","bus":"virtio-mmio-bus.0"}'`,
    );
    expect(description.drives).toEqual([{ file: '/d.img', format: 'raw', id: 'one' }]);
    expect(notes.filter((note) => note.includes('blk') || note.includes('blockdev'))).toEqual([]);
  });

  test.each([
    ['-drive file=a,if=virtio', { file: 'a' }],
    ['-drive file=file:a,format=vpc,if=virtio', { file: 'a', format: 'vhd' }],
    ['-drive file=a,format=qcow2,if=virtio,snapshot=on', { file: 'a', format: 'qcow2', temporary: true }],
    ['-snapshot -drive file=a,format=qcow2,if=virtio', { file: 'a', format: 'qcow2', temporary: true }],
    ['-snapshot -drive file=a,format=qcow2,if=virtio,snapshot=off', { file: 'a', format: 'qcow2' }],
    [
      '-drive file=https://h/a,format=vmdk,if=virtio',
      { file: 'https://h/a', format: 'vmdk', readOnly: true },
    ],
    [
      '-drive file=https://h/a,format=vmdk,if=virtio,snapshot=on',
      { file: 'https://h/a', format: 'vmdk', temporary: true },
    ],
    ...['', '-snapshot '].map((more): [string, object] => [
      `${more}-blockdev driver=file,filename=a,node-name=f -blockdev driver=vhdx,file=f,node-name=v,read-only=on -device virtio-blk-pci,drive=v`,
      { file: 'a', format: 'vhdx', readOnly: true },
    ]),
    [
      '-blockdev driver=https,url=https://h/a,node-name=f,read-only=on -blockdev driver=qcow2,file=f,node-name=q -device virtio-blk-pci,drive=q',
      { file: 'https://h/a', format: 'qcow2', readOnly: true },
    ],
    [
      '-blockdev driver=qcow2,file.driver=file,file.filename=a,node-name=q -blockdev driver=raw,file=q,node-name=r -device virtio-blk-pci,drive=r',
      { file: 'a', format: 'qcow2' },
    ],
  ])('with images of all formats: %s', (options, expected) => {
    expect(read(options).description.drives).toEqual([{ ...expected, id: 'drive0', bus: 'pci' }]);
  });

  test.each([
    ['-cpu rv64,sv57=off', 'sv48'],
    ['-cpu rv64,sv57=off,sv48=off', 'sv39'],
    ['-cpu rv64,sv39=on', 'sv39'],
    ['-cpu rv64,sv57=on', 'sv57'],
    ['-cpu rv64', undefined],
    ['', undefined],
  ])('with the addresses that later releases can limit: %s', (options, expected) => {
    const { description, notes } = read(options);
    expect(description.isa?.paging).toBe(expected);
    // Those that QEMU has where nothing limits them are no silent loss.
    expect(notes.some((note) => note.includes('Sv57 is offered there'))).toBe(expected === undefined);
  });

  test.each([
    ['-m 1.9G', { memory: '1946M' }],
    ['-m 0x80', { memory: '128M' }],
    ['-m 268435456.0B', { memory: '256M' }],
    ['-smp maxcpus=4', { harts: 4 }],
    ['-smp cores=2,maxcpus=8', { harts: 8 }],
    ['-smp 2,maxcpus=8', { harts: 2 }],
  ])('of the size that QEMU makes it: %s', (options, expected) => {
    expect(read(options).description).toMatchObject(expected);
  });

  test('with what has the legacy interface of virtio without it', () => {
    const { description, notes } = read(
      '-drive file=a,if=none,id=a -device virtio-blk-pci-transitional,drive=a,addr=3,vectors=0',
    );
    expect(description.drives).toEqual([{ file: 'a', id: 'drive0', bus: 'pci', slot: 3 }]);
    expect(notes.join('\n')).toMatch(/virtio-blk-pci-transitional,\S+: with the legacy interface/);
  });

  test('with a folder in its place on PCI, where QEMU has its device', () => {
    const { description } = read(
      '-virtfs local,path=/x,mount_tag=x,security_model=none,readonly=on -device virtio-rng-pci ' +
        '-virtfs local,path=/y,mount_tag=y,security_model=none -device virtio-9p-device,fsdev=z,mount_tag=z -fsdev local,id=z,path=/z,readonly=on',
    );
    expect(description).toMatchObject({
      shares: [
        { tag: 'z', readOnly: true, slot: 7 },
        { tag: 'x', readOnly: true, bus: 'pci', slot: 1 },
        { tag: 'y', bus: 'pci', slot: 3 },
      ],
      devices: { rng: { bus: 'pci', slot: 2 } },
    });
  });

  test('drives come in the order of their slots', () => {
    const { description, notes } = read(
      '-drive if=none,id=x,format=raw,file=x.img -drive if=none,id=y,format=raw,file=y.img ' +
        '-device virtio-blk-device,drive=x,serial=x,bus=virtio-mmio-bus.5 -device virtio-blk-device,drive=y,serial=y,bus=virtio-mmio-bus.2',
    );
    expect(description.drives).toEqual([
      { file: 'y.img', format: 'raw', id: 'y', slot: 2 },
      { file: 'x.img', format: 'raw', id: 'x', slot: 5 },
    ]);
    expect(notes.join('\n')).not.toContain('slot');
  });

  test('devices of the board that name no slot have the last one that is free', () => {
    const { description, notes } = read(
      '-drive if=none,id=x,format=raw,file=x.img -device virtio-blk-device,drive=x,serial=x,bus=virtio-mmio-bus.7 ' +
        '-device virtio-rng-device -device virtio-serial-device -device virtconsole',
    );
    expect(description.drives).toEqual([{ file: 'x.img', format: 'raw', id: 'x', slot: 7 }]);
    expect(description.devices).toEqual({ rng: { slot: 6 }, console: { slot: 5 } });
    expect(notes.join('\n')).not.toContain('slot');
  });

  test('two devices in one slot are told apart', () => {
    const { description, notes } = read(
      '-device virtio-rng-device,bus=virtio-mmio-bus.3 -device virtio-keyboard-device,bus=virtio-mmio-bus.3',
    );
    expect(description.devices).toEqual({ rng: { slot: 3 }, powerButton: { slot: 0 } });
    expect(notes.join('\n')).toContain('slot 3 is that of -device virtio-rng-device');
  });

  test.each([
    ['-netdev user,id=n0', '-netdev user,id=n0: what a card is connected to'],
    ['-device e1000,mac=52:54:00:12:34:56', 'mac=52:54:00:12:34:56: network cards are virtio ones'],
    ['-device virtio-gpu-pci', 'graphics'],
    ['-device virtio-9p-device,fsdev=f', 'there is no -fsdev called "f"'],
    ['-device vhost-user-fs-device,tag=f', 'shared folders are virtio 9P devices here'],
    ['-device nec-usb-xhci', 'what is on PCI here'],
    ['-drive file=a.qed,format=qed,if=virtio', 'qemu-img convert -O qcow2'],
    ['-drive file=nbd.img,format=raw,if=virtio,cache=unsafe', '-drive cache=unsafe'],
    ['-drive if=pflash,format=raw,file=v.fd,snapshot=on', 'snapshot=on: here flash keeps what is written'],
    ['-drive if=pflash,format=raw,file=v.fd -snapshot', '-snapshot: here flash keeps what is written'],
    ['-drive if=pflash,format=qcow2,file=v.fd', 'flash is kept in raw files'],
    ['-drive file=nbd://h/d,format=raw,if=virtio', 'left out: drives are files, or what is behind http'],
    ['-drive file=json:{},format=raw,if=virtio', 'and not json'],
    [
      '-blockdev driver=file,filename=a,node-name=f -blockdev driver=vmdk,file=f,node-name=v -blockdev driver=qcow2,file=v,node-name=q',
      'left out: qcow2 within an image of the format vmdk',
    ],
    ['-blockdev driver=file,filename=a,node-name=f -blockdev driver=luks,file=f,node-name=l', 'and not luks'],
    ['-drive if=pflash,format=raw,file=v.fd,unit=1', 'the second bank goes with code in the first'],
    ['-drive if=pflash,format=raw,file=v.fd,unit=2', 'there are two banks of flash'],
    ['-drive file=cd.iso,format=raw,if=scsi', 'virtio block devices here, and not scsi'],
    ['-device virtio-net-device,bootindex=1', 'virtio-net-device bootindex=1: there is no such setting here'],
    ['-hda d.img', '-hda d.img: a disk image that this board has no device for'],
    ['-blockdev driver=nbd,node-name=n,server.host=h', 'left out: a drive’s image is raw, qcow2, '],
    ['-blockdev driver=qcow2,node-name=n,file.driver=nbd,file.server.host=h', 'left out: drives are files'],
    ['-device virtio-blk-device,drive=nothing', 'there is no -drive or -blockdev called "nothing"'],
    ['-cpu rv64,v=on', '-cpu v=on'],
    ['-cpu sifive-u54', '-cpu sifive-u54'],
    ['-cpu rv64,vlen=256', '-cpu vlen=256'],
    ['-smp 16', '16 processors'],
    ['-smp 4,threads=2', 'no topology'],
    ['-smp 2,maxcpus=8', '-smp maxcpus=8'],
    ['-m 8G', '8589934592 bytes of RAM'],
    ['-m 1G,slots=2,maxmem=4G', '-m slots=2'],
    ['-M virt,aia=aplic', '-M virt aia=aplic'],
    ['-accel kvm', '-accel accel=kvm'],
    ['-icount shift=3', '125000000 instructions a second'],
    ['-icount auto', '-icount shift=auto'],
    ['-icount shift=0,rr=record,rrfile=x', '-icount rr=record'],
    ['-rtc base=localtime', '-rtc base=localtime'],
    ['-rtc base=2025-02-31T00:00:00', '-rtc base=2025-02-31T00:00:00'],
    ...['2025-02-30', '2025-02-31T00:00:00', '1969-12-31', '2025-13-01', '2025-01-01T24:00:00'].map(
      (base) => [`-icount 0 -rtc base=${base}`, `-rtc base=${base}: the clock is in UTC`] as [string, string],
    ),
    ['-rtc base=2025-01-01', 'the host’s clock'],
    [
      '-drive if=none,id=x,format=raw,file=x -device virtio-blk-device,drive=x,serial=x,num-queues=64',
      '64 queues; a drive has 1 to 8 here: 8',
    ],
    ['-serial stdio -serial null', '-serial null: the board has one serial port'],
    ['-device virtio-serial-device,bus=virtio-mmio-bus.0 -device virtserialport,name=x', 'one port'],
    ['-fw_cfg name=x,string=y', 'fw_cfg'],
    ['-no-reboot', '-no-reboot'],
    ['-S', '-S'],
    ['-constructor x', '-constructor x: there is no such thing here'],
    ['-global virtio-mmio.ioeventfd=off', '-global virtio-mmio.ioeventfd=off'],
    ['-seed 5', 'seed 5: goes with an entropy device'],
    ['disk.img', '"disk.img": a disk image that this board has no device for'],
  ])('names what it cannot keep: %s', (options, expected) => {
    expect(read(options).notes.join('\n')).toContain(expected);
  });

  test.each([
    [
      'qemu-system-x86_64 -M q35 -kernel k',
      'expected a command line of qemu-system-riscv64, found "qemu-system-x86_64"',
    ],
    ['qemu-system-riscv64 -M sifive_u -kernel k', 'expected the board "virt", found "sifive_u"'],
    ['qemu-system-riscv64 -kernel k', 'expected -M virt'],
    [`${BOARD} -drive file=d,format=raw`, 'expected a kernel or firmware'],
    [`${BOARD} -kernel`, 'expected a value after -kernel'],
    [`${BOARD} -kernel k -m lots`, '-m: expected a size such as 512M, found "lots"'],
    ['', 'found ""'],
  ])('is refused in one sentence: %s', (line, expected) => {
    expect(() => importQemu(line)).toThrow(InterchangeError);
    expect(() => importQemu(line)).toThrow(expected);
  });

  test('of a file of another kind, only the start is shown', () => {
    expect(() => importQemu('\0'.repeat(1 << 20))).toThrow(/^expected a command line.{1,1000}…$/);
  });

  test.each([
    ['-bios none -kernel k', { kernel: 'k', privilege: 'machine' }],
    ['-bios default -kernel k', { kernel: 'k', privilege: 'supervisor' }],
    ['-kernel k', { kernel: 'k', privilege: 'supervisor' }],
    ['-bios f -kernel k', { kernel: 'k', firmware: 'f' }],
    ['-semihosting -kernel k -bios f', { kernel: 'k', firmware: 'f' }],
    [
      '-M pflash0=code,pflash1=vars -blockdev driver=file,node-name=code,filename=c.fd,read-only=on ' +
        '-blockdev driver=file,filename=v.fd,node-name=file -blockdev driver=raw,file=file,node-name=vars',
      { flash: { code: 'c.fd', variables: 'v.fd' } },
    ],
  ])('starts in the mode that it has there: %s', (options, boot) => {
    const { description, notes } = importQemu(`${BOARD} ${options}`);
    expect(description.boot).toEqual(boot);
    expect(notes.join('\n')).not.toMatch(/pflash|blockdev/);
  });

  test('a drive has the device that names it, and by itself none', () => {
    const { description, notes } = read(
      '-drive file=a,format=raw,id=x -device virtio-blk-device,drive=x,serial=s,bus=virtio-mmio-bus.0 ' +
        '-drive file=b,format=raw -drive file=c,format=raw,if=none,id=y -device scsi-hd,drive=y ' +
        '-blockdev driver=file,filename=d,node-name=z -M pflash1=nothing',
    );
    expect(description.drives).toEqual([{ file: 'a', format: 'raw', id: 's' }]);
    for (const lost of ['-drive file=b,format=raw', '-drive file=c,', '-blockdev driver=file,filename=d'])
      expect(notes).toContainEqual(expect.stringMatching(`^${lost}.*: left out: no device`));
    expect(notes).toContain('-M pflash1=nothing: there is no -drive or -blockdev called "nothing"');
  });

  test('with variables before it, as libvirt logs them, and lines that end as Windows has them', () => {
    const text = `LC_ALL=C \\\nHOME=/root \\\n${BOARD} \\\n-kernel 'a\r\nb'\n`;
    const expected = importQemu(`${BOARD} -kernel 'a\r\nb'`);
    expect(expected.description.boot.kernel).toBe('a\r\nb');
    expect(importQemu(text)).toEqual(expected);
    expect(importQemu(text.replaceAll('\\\n', '\\\r\n').replace(/\n$/, '\r\n'))).toEqual(expected);
  });

  test.skipIf(!requireTool('qemu-system-riscv64', 'qemu-system-misc'))(
    'has no option of QEMU’s taken for the value of another',
    () => {
      const { stdout } = spawnSync('qemu-system-riscv64', ['-help'], { encoding: 'utf8' });
      const alone = [...stdout.matchAll(/^--?([\w-]+)(?:  .*|\s*)$/gm)].map(([, name]) => name);
      // Its argument is on the line that follows.
      const names = alone.filter((name) => !['dtb', 'h'].includes(name));
      expect(names.length).toBeGreaterThan(10);
      for (const name of names) expect(read(`-${name} -kernel k`).description.boot.kernel, name).toBe('k');
    },
  );

  test('many options are read at once', () => {
    const { notes } = read(`-device virtio-net-device ${'-x y '.repeat(10)}`);
    expect(notes.filter((note) => note.startsWith('-x y'))).toHaveLength(1);
    const cards = read('-device virtio-net-device '.repeat(20_000));
    expect(cards.description.network).toHaveLength(8);
    // The first ones, with the addresses that QEMU gives them.
    expect(cards.description.network![0].mac).toBe('52:54:00:12:34:5d');
  });

  test('32 devices do not fit on PCI, and the last is named', () => {
    const disks = Array.from({ length: 32 }, (_, index) => `-drive file=${index},format=raw,if=virtio`).join(
      ' ',
    );
    const { description, notes } = read(disks);
    expect(description.drives).toHaveLength(31);
    expect(notes.join('\n')).toContain('-drive file=31,format=raw,if=virtio: left out');
  });

  test('serial numbers are made ones of their own', () => {
    const { description } = read(
      '-drive if=none,id=x,format=raw,file=x -device virtio-blk-device,drive=x,serial=same ' +
        '-drive if=none,id=y,format=raw,file=y -device virtio-blk-device,drive=y,serial=same',
    );
    expect(description.drives!.map(({ id }) => id)).toEqual(['same', 'drive1']);
  });

  const WORDS = exportQemu(EVERYTHING).command;
  const MORE = [
    '-drive',
    'file=',
    ',',
    '=',
    '-m',
    '-smp',
    '-1',
    '1e99',
    '0x10',
    '-rtc',
    'base=9999-99-99',
    '{}',
    '{"a":{"b":1}}',
    '-seed',
    '-device',
    'virtio-blk-device,drive=drive0',
    '-icount',
    'shift=99',
    '__proto__=x',
    '-kernel',
    '',
    '-bios',
  ];

  test.each(fuzzSeeds(100))('damaged, it is a machine with notes or refused, seed %i', (seed) => {
    const random = new Random(seed);
    const words = [...WORDS];
    for (let changes = 1 + random.below(8); changes > 0; changes--) {
      const at = 1 + random.below(words.length - 1);
      if (random.oneIn(3)) words.splice(at, 1);
      else if (random.oneIn(2)) words.splice(at, 0, random.pick(MORE));
      else words[at] = words[at].slice(0, random.below(words[at].length + 1)) + random.pick(MORE);
    }
    try {
      importQemu(words);
    } catch (error) {
      expect(error, JSON.stringify(words)).toBeInstanceOf(InterchangeError);
      expect(error).not.toBeInstanceOf(DescriptionError);
    }
  });
});
