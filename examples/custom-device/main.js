/** A device of one's own: a register that tells the temperature, and interrupts when it is too high. */
import { assemble, createMachine } from 'hartware';

const thermometer = {
  kind: 'mmio',
  name: 'thermometer',
  base: 0x4000000, // 0x4000000 to 0x5ffffff is kept free for such devices
  size: 16,
  irq: 64,
  create({ interrupt, log }) {
    let limit = Infinity;
    let temperature = 20;
    return {
      reset() {
        limit = Infinity;
        interrupt.set(false);
      },
      // Offset 0: degrees, one more at each look. Offset 4: the limit.
      read: (offset) => (offset === 0 ? ++temperature : limit),
      write(offset, size, value) {
        if (offset !== 4) return log(`a write of ${size} bytes at offset ${offset}`);
        limit = value;
        interrupt.set(temperature >= limit);
      },
      // How the guest's operating system finds it.
      fdtNode: () => ({ name: 'thermometer', properties: { compatible: 'example,thermometer' } }),
    };
  },
};

const { bytes } = assemble(`
        li    s0, 0x4000000
1:      lw    a0, (s0)            # look until it is 25 degrees
        li    t0, 25
        bne   a0, t0, 1b
        sw    t0, 4(s0)           # the limit: from now on it interrupts
        li    t0, 0x0c000000      # PLIC: source 64 has a priority,
        li    t1, 1
        sw    t1, 256(t0)
        li    t0, 0x0c002000      # and is enabled
        sw    t1, 8(t0)
        li    t0, 0x0c200004      # claim it
        lw    a1, (t0)
        ebreak
`);
const machine = await createMachine(
  { hartware: 1, memory: '16M', boot: { kernel: 'program' } },
  { files: { program: bytes }, devices: [thermometer], log: console.warn },
);
await machine.haltOn({ ebreak: true });
await machine.run();
const [hart] = machine.harts;
console.log(`temperature ${await hart.read('a0')}, interrupt of source ${await hart.read('a1')}`);
await machine.dispose();
