// Generated from spec/schema by tools/generate. Do not edit.

const Paging = {
  type: 'choice',
  choices: ['sv39', 'sv48', 'sv57'],
  expected: '"sv39" or "sv48" or "sv57"',
} as const;
const ClockDescription = {
  type: 'variants',
  by: 'kind',
  variants: {
    host: {
      type: 'object',
      properties: { kind: { type: 'choice', choices: ['host'], expected: '"host"' } },
      required: ['kind'],
      expected: 'an object',
    },
    virtual: {
      type: 'object',
      properties: {
        kind: { type: 'choice', choices: ['virtual'], expected: '"virtual"' },
        instructionsPerSecond: {
          type: 'integer',
          minimum: 10000000,
          maximum: 10000000000,
          multipleOf: 10000000,
          expected: 'a multiple of 10000000 from 10000000 to 10000000000',
          default: 1000000000,
        },
        idle: { type: 'choice', choices: ['sleep', 'skip'], expected: '"sleep" or "skip"', default: 'sleep' },
        startTime: {
          type: 'string',
          pattern:
            /^(19[7-9]\d|[2-9]\d{3})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3])(:[0-5]\d){2}(\.\d{1,3})?Z$/u,
          expected: 'a UTC time such as "2025-01-01T00:00:00Z"',
          default: '2025-01-01T00:00:00Z',
        },
      },
      required: ['kind'],
      expected: 'an object',
    },
  },
  expected: 'an object',
} as const;
const VirtioBus = { type: 'choice', choices: ['mmio', 'pci'], expected: '"mmio" or "pci"' } as const;
const slot = {
  type: 'integer',
  minimum: 0,
  maximum: 31,
  expected: 'a slot from 0 to 7, or from 1 to 31 on the bus "pci"',
} as const;
const NetworkDescription = {
  type: 'object',
  properties: {
    mac: {
      type: 'string',
      pattern: /^[0-9a-f][02468ace](:[0-9a-f][0-9a-f]){5}$/u,
      expected: 'an address of one card, such as "52:54:00:12:34:56", in lower case',
    },
    bus: VirtioBus,
    slot: slot,
  },
  expected: 'a network card, as {}',
} as const;
const ShareDescription = {
  type: 'object',
  properties: {
    tag: { type: 'string', pattern: /^[!-~]{1,31}$/u, expected: 'at most 31 printable ASCII characters' },
    readOnly: { type: 'boolean', expected: 'true or false', default: false },
    bus: VirtioBus,
    slot: slot,
  },
  required: ['tag'],
  expected: 'a shared folder, as { "tag": "host" }',
} as const;
const OptionalDevice = {
  type: 'union',
  of: [
    { type: 'boolean', expected: 'true or false' },
    {
      type: 'object',
      properties: { bus: VirtioBus, slot: slot },
      some: ['bus', 'slot'],
      expected: 'an object with a bus or slot',
    },
  ],
  expected: 'true, false or { "bus": "pci", "slot": number }',
} as const;
const file = { type: 'string', pattern: /^[^\u0000]+$/u, expected: 'a file path or URL' } as const;
const digest = {
  type: 'string',
  pattern: /^[0-9a-f]{64}$/u,
  expected: 'a SHA-256 in 64 hexadecimal digits, in lower case',
} as const;
const BootFile = {
  type: 'union',
  of: [
    file,
    { type: 'object', properties: { file: file, sha256: digest }, required: ['file'], expected: 'an object' },
  ],
  expected: 'a file path or URL, or { "file": path, "sha256": digest }',
} as const;
const FlashVariables = {
  type: 'union',
  of: [
    file,
    {
      type: 'object',
      properties: {
        file: file,
        sha256: digest,
        readOnly: { type: 'boolean', expected: 'true or false', default: false },
      },
      required: ['file'],
      expected: 'an object',
    },
  ],
  expected: 'a file path or URL, or { "file": path, "readOnly": boolean }',
} as const;
const FlashDescription = {
  type: 'object',
  properties: { code: BootFile, variables: FlashVariables },
  required: ['code'],
  expected: '{ "code": file, "variables": file }',
} as const;
const BootDescription = {
  type: 'object',
  properties: {
    kernel: BootFile,
    initrd: {
      type: 'union',
      of: [BootFile, { type: 'array', items: BootFile, expected: 'a list' }],
      expected: 'a file path or URL, or a list of them',
    },
    append: {
      type: 'string',
      pattern: /^[^\u0000]*$/u,
      expected: 'a command line without NUL characters',
      default: '',
    },
    firmware: BootFile,
    flash: FlashDescription,
    privilege: { type: 'choice', choices: ['supervisor', 'machine'], expected: '"supervisor" or "machine"' },
    fdt: BootFile,
  },
  some: ['kernel', 'firmware', 'flash'],
  excluded: { privilege: 'firmware' },
  needs: { initrd: 'kernel' },
  expected: 'an object with a kernel, firmware or flash',
} as const;
const DriveDescription = {
  type: 'object',
  properties: {
    file: file,
    sha256: digest,
    format: {
      type: 'choice',
      choices: ['raw', 'qcow2', 'vmdk', 'vhd', 'vhdx', 'vdi'],
      expected: '"raw", "qcow2", "vmdk", "vhd", "vhdx" or "vdi"',
    },
    memory: {
      type: 'size',
      minimum: 512,
      maximum: 9007199254740480,
      multipleOf: 512,
      expected: 'a size in whole sectors of 512 bytes, such as "64M"',
    },
    temporary: { type: 'boolean', expected: 'true or false' },
    readOnly: { type: 'boolean', expected: 'true or false', default: false },
    id: { type: 'string', pattern: /^[!-~]{1,20}$/u, expected: 'at most 20 printable ASCII characters' },
    queues: { type: 'integer', minimum: 1, maximum: 8, expected: 'a whole number from 1 to 8' },
    bus: VirtioBus,
    slot: slot,
  },
  one: ['file', 'memory'],
  needs: { sha256: 'file', format: 'file', temporary: 'file' },
  expected: 'an object with either a file or memory',
} as const;

/** How a machine description is read: see src/machine/description-reader.ts. */
export const DESCRIPTION_RULE = {
  type: 'object',
  properties: {
    hartware: { type: 'choice', choices: [1], expected: '1, the version of this format' },
    harts: { type: 'integer', minimum: 1, maximum: 8, expected: 'a whole number from 1 to 8', default: 1 },
    memory: {
      type: 'size',
      minimum: 16777216,
      maximum: 4244635648,
      multipleOf: 1048576,
      expected: 'a size from 16M to 4048M in whole MiB, such as "256M"',
      default: '256M',
    },
    clock: { ...ClockDescription, default: { kind: 'host' } },
    isa: {
      type: 'object',
      properties: { paging: { ...Paging, default: 'sv48' } },
      expected: 'an object',
      default: {},
    },
    boot: BootDescription,
    drives: {
      type: 'array',
      items: DriveDescription,
      maxItems: 39,
      expected: 'a list of at most 39 drives',
      default: [],
    },
    network: {
      type: 'array',
      items: NetworkDescription,
      maxItems: 39,
      expected: 'a list of at most 39 network cards',
      default: [],
    },
    shares: {
      type: 'array',
      items: ShareDescription,
      maxItems: 8,
      expected: 'a list of at most 8 shared folders',
      default: [],
    },
    devices: {
      type: 'object',
      properties: {
        rng: {
          type: 'union',
          of: [
            { type: 'boolean', expected: 'true or false' },
            {
              type: 'object',
              properties: {
                seed: {
                  type: 'integer',
                  minimum: 0,
                  maximum: 4294967295,
                  expected: 'a whole number from 0 to 4294967295',
                },
                bus: VirtioBus,
                slot: slot,
              },
              some: ['seed', 'bus', 'slot'],
              expected: 'an object with a seed, bus or slot',
            },
          ],
          expected: 'true, false or { "seed": number, "bus": "pci", "slot": number }',
          default: true,
        },
        console: { ...OptionalDevice, default: false },
        powerButton: { ...OptionalDevice, default: false },
      },
      expected: 'an object',
      default: {},
    },
    $schema: { type: 'string', expected: 'a string' },
  },
  required: ['hartware', 'boot'],
  expected: 'a machine description',
} as const;
