/**
 * Lint rules. The greater part of this file is the import arrows of
 * ARCHITECTURE.md: for each folder of src/ the list of what it may import.
 * assembly/ is AssemblyScript, whose type gate is asc.
 */
import tseslint from 'typescript-eslint';

/** What the contracts between board and devices consist of. */
const DEVICE_CONTRACTS = [
  'errors',
  'bus',
  'interrupt',
  'memory',
  'byte-queue',
  'text',
  'fdt/fdt',
  'devices/device',
];

/**
 * For each part of src/: which others it may import (a folder, or a file
 * without its extension), and which files of its own folder, if not all.
 */
const ARROWS = {
  generated: { from: [] },
  isa: { from: ['generated'] },
  assembler: { from: ['errors', 'generated', 'isa', 'text'] },
  disassembler: { from: ['generated', 'isa', 'text'] },
  block: { from: ['memory'] },
  disks: { from: ['errors', 'pieces', 'text', 'block'] },
  // Its folders, one for each format or kind of store.
  'disks/*': { from: ['errors', 'pieces', 'text', 'block'] },
  network: { from: ['errors'] },
  filesystem: { from: ['errors', 'text'] },
  '9p': { from: ['errors', 'text', 'filesystem'] },
  fdt: { from: ['errors', 'text'] },
  images: { from: ['errors', 'pieces', 'text', 'transient-bytes'] },
  sbi: { from: ['generated', 'memory'] },
  core: { from: ['errors', 'generated'] },
  devices: { from: ['generated', 'block/backend', ...DEVICE_CONTRACTS], own: ['device'] },
  pci: { from: ['bus', 'interrupt', 'fdt/fdt', 'devices/device'] },
  virtio: {
    from: [
      ...['generated', 'block/backend', 'network/backend', 'filesystem/backend', '9p', 'pci'],
      ...DEVICE_CONTRACTS,
    ],
  },
  machine: {
    from: [
      ...[
        'errors',
        'pieces',
        'sha256',
        'bus',
        'interrupt',
        'memory',
        'text',
        'transient-bytes',
        'byte-queue',
        'generated',
        'core',
      ],
      ...['isa', 'devices', 'pci', 'virtio', 'block', 'network', 'filesystem', 'images', 'fdt', 'sbi'],
    ],
  },
  program: { from: ['errors', 'pieces', 'text', 'assembler', 'core', 'machine'] },
  interchange: { from: ['errors', 'machine'] },
  'interchange/*': { from: ['errors', 'sha256', 'tar-header', 'text', 'disks', 'machine'] },
  conformance: { from: ['generated', 'assembler', 'core', 'machine', 'network', 'filesystem'] },
  debug: { from: ['generated', 'memory', 'disassembler', 'machine'] },
  remote: {
    from: [
      ...['errors', 'memory', 'assembler', 'block', 'disks', 'network', 'filesystem', 'core', 'fdt'],
      ...['images', 'machine'],
    ],
  },
};

/** The virtio devices; the other files of that folder are queues and transports, which all of them share. */
const VIRTIO_DEVICES = ['block', 'console', 'network', '9p', 'entropy', 'power-button'];

const alternatives = (names) => names.map((name) => name.replace('/', '\\/')).join('|');

function arrows([folder, { from, own }]) {
  const message = `src/${folder} may not import this: see "Arrows" in ARCHITECTURE.md.`;
  const others = from.length === 0 ? '' : `(?!(${alternatives(from)})(\\.ts$|\\/))`;
  const patterns = [{ regex: `^${'\\.\\.\\/'.repeat(folder.split('/').length)}${others}`, message }];
  if (own) patterns.push({ regex: `^\\.\\/(?!(${alternatives(own)})\\.ts$)`, message });
  return {
    files: [`src/${folder}/**`],
    rules: { 'no-restricted-imports': ['error', { patterns: [...patterns, PLATFORM] }] },
  };
}

const PLATFORM = {
  regex: '^[^.]',
  message: 'src/ outside src/bindings/ is free of Node and of packages; pass it in through MachineHost.',
};

export default tseslint.config(
  { ignores: ['dist/', '.cache/', 'assembly/', 'src/generated/', 'spec/'] },
  ...tseslint.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
    },
  },
  {
    // A promise that nobody waits for hides its failure.
    files: ['src/**/*.ts', 'test/**/*.ts', 'tools/**/*.ts', 'bench/**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
    },
  },
  {
    // Programs and tests talk to a person.
    files: ['test/**', 'tools/**', 'bench/**', 'examples/**', 'src/bindings/node/cli/**'],
    rules: { 'no-console': 'off' },
  },
  {
    // The tables are JSON until the generator has checked them.
    files: ['tools/generate/**'],
    rules: { '@typescript-eslint/no-explicit-any': 'off' },
  },
  {
    files: ['src/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [PLATFORM] }] },
  },
  ...Object.entries(ARROWS).map(arrows),
  {
    files: VIRTIO_DEVICES.map((device) => `src/virtio/${device}.ts`),
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            ...arrows(['virtio', ARROWS.virtio]).rules['no-restricted-imports'][1].patterns,
            {
              regex: `^\\.\\/(${alternatives([...VIRTIO_DEVICES, 'mmio', 'pci', 'transport'])})\\.ts$|^\\.\\.\\/pci\\/`,
              message: 'A virtio device knows neither another device nor its transport.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['src/bindings/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex:
                '^(\\.\\.\\/)+((bus|interrupt)\\.ts$|(devices\\/(?!test-finisher\\.ts)|(virtio|pci|sbi|fdt)\\/)|core\\/(?!check\\.ts))',
              message: 'src/bindings/ may not import this: see "Arrows" in ARCHITECTURE.md.',
            },
          ],
        },
      ],
    },
  },
);
