/** v86 with its first serial port on standard input and output: node v86-process.mjs <description>; see v86.ts. */
const { library, wasm, bios, vgaBios, kernel, initrd, append, memory } = JSON.parse(process.argv[2]);
const { V86 } = await import(library);
const emulator = new V86({
  wasm_path: wasm,
  memory_size: memory * 2 ** 20,
  bios: { url: bios },
  vga_bios: { url: vgaBios },
  bzimage: { url: kernel },
  initrd: { url: initrd },
  cmdline: `${append} tsc=reliable mitigations=off random.trust_cpu=on`,
  autostart: true,
  disable_speaker: true,
});
emulator.add_listener('serial0-output-byte', (byte) => process.stdout.write(Uint8Array.of(byte)));
process.stdin.on('data', (bytes) => emulator.serial0_send(bytes.toString('latin1')));
