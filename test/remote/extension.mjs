/** An extension for tests: a register that reads as given, and one SBI call. */
export default ({ value }) => ({
  devices: [
    {
      kind: 'mmio',
      name: 'constant',
      base: 0x4000000,
      size: 8,
      create: () => ({ reset() {}, read: () => value, write() {} }),
    },
  ],
  sbi: ({ extensionId, args }) =>
    extensionId === 0x0a000000 ? { error: 0, value: args[0] + 1n } : undefined,
});
