/** The package as npm would publish it, installed in an application of its own. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { greeter } from '../bindings/cli/hartware.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The script of a command of the project's packages. */
export const commandOf = (name: string): string => join(ROOT, 'node_modules/.bin', name);

/** What applications do: run a small program, here as numbers in the source, and give what it printed. */
export const HELLO = 'hello from the package\n';
export const PROGRAM = `Uint8Array.of(${greeter(HELLO).join(',')})`;
export const DESCRIPTION = `{ hartware: 1, memory: '16M', boot: { kernel: 'program' } }`;

/** The source of a function `hello` that does so, with more options of createMachine, and with those that it is given. */
export const helloSource = (options = ''): string => `
export async function hello(more) {
  const machine = await createMachine(${DESCRIPTION}, { files: { program: ${PROGRAM} }, ${options} ...more });
  await machine.start();
  const text = await new Response(machine.serial.output).text();
  await machine.dispose();
  return text;
}`;

export class Application {
  private constructor(readonly directory: string) {}

  /** An application that has the package from its tarball, and nothing from anywhere else. */
  static async create(): Promise<Application> {
    const directory = await mkdtemp(join(tmpdir(), 'hartware-app-'));
    const { stdout } = await run(
      'npm',
      ['pack', '--json', '--ignore-scripts', '--pack-destination', directory],
      {
        cwd: ROOT,
      },
    );
    const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
    const application = new Application(directory);
    await application.write(
      'package.json',
      JSON.stringify({ name: 'application', private: true, type: 'module' }),
    );
    await run('npm', ['install', '--offline', '--no-audit', '--no-fund', join(directory, filename)], {
      cwd: directory,
    });
    return application;
  }

  get tarball(): Promise<string> {
    return this.manifest.then(({ version }) => join(this.directory, `hartware-${version as string}.tgz`));
  }

  get manifest(): Promise<Record<string, unknown>> {
    return this.read('node_modules/hartware/package.json').then(
      (text) => JSON.parse(text) as Record<string, unknown>,
    );
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  async write(name: string, content: string): Promise<string> {
    const path = this.path(name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    return path;
  }

  read(name: string): Promise<string> {
    return readFile(this.path(name), 'utf8');
  }

  /** Lets the application have a package that the project has. */
  async borrow(name: string): Promise<void> {
    await mkdir(dirname(this.path(`node_modules/${name}`)), { recursive: true });
    await symlink(join(ROOT, 'node_modules', name), this.path(`node_modules/${name}`));
  }

  /** Runs a program in the application; its output. */
  async run(command: string, ...args: string[]): Promise<string> {
    const { stdout } = await run(command, args, { cwd: this.directory });
    return stdout;
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true });
  }
}
