/**
 * Serves the page: `npm run demo`, or `tsx examples/web/server.ts [PORT]`. Debian's kernel and
 * initrd come from where `hartware run debian` has them, the first time over the network.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import {
  obtainDebianDiskModules,
  obtainDebianGuest,
  type DebianGuest,
  type KernelModule,
} from '../../src/bindings/node/guest/debian.ts';
import { SHELL_INIT, shellInitramfs } from '../../src/bindings/node/guest/initramfs.ts';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};
/** What the page needs, and no more: no inline scripts, nothing from elsewhere. xterm.js sets styles. */
const POLICY =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:";

const GREETING = `Debian's kernel and BusyBox on Hartware, in this page.
/disk stays when you leave: it is kept by your browser.`;
const GREETING_WITHOUT_DISK = "Debian's kernel and BusyBox on Hartware, in this page.";
/** What is written goes to the disk at once, because nobody shuts a page down. */
const MOUNT = 'mkdir -p /disk && mount -t vfat -o sync /dev/vda /disk';

interface Guest {
  readonly debian: DebianGuest;
  readonly modules: readonly KernelModule[];
}

async function obtainGuest(): Promise<Guest> {
  const debian = await obtainDebianGuest();
  const modules =
    debian.kernelRelease === undefined
      ? []
      : await obtainDebianDiskModules(debian.kernelRelease).catch(() => []);
  return { debian, modules };
}

/** The files of the page by their paths. */
async function bundle(): Promise<Map<string, Uint8Array>> {
  const { outputFiles } = await build({
    entryPoints: [path('main.ts'), path('main.css')],
    bundle: true,
    // The machine, which is in a worker here, in a file of its own.
    splitting: true,
    format: 'esm',
    target: 'es2022',
    outdir: '/',
    write: false,
    minify: true,
    alias: { hartware: path('../../dist/browser.js') },
  });
  const files = new Map(outputFiles.map((file) => [file.path, file.contents]));
  files.set('/index.html', await readFile(path('index.html')));
  for (const name of ['worker.js', 'image-drive.js', 'core.wasm'])
    files.set(`/${name}`, await readFile(path(`../../dist/${name}`)));
  return files;
}

/** @param guest where the guest comes from; asked once, when a page wants it. */
export async function startServer(port = 0, guest: () => Promise<Guest> = obtainGuest): Promise<Server> {
  const files = await bundle();
  let obtained: Promise<Guest> | undefined;
  const find = async (name: string): Promise<Uint8Array | string | undefined> => {
    if (!name.startsWith('/guest/')) return files.get(name === '/' ? '/index.html' : name);
    const { debian, modules } = await (obtained ??= guest());
    const hasDisk = modules.length > 0;
    switch (name) {
      case '/guest/guest.json':
        return JSON.stringify({ append: `rdinit=${SHELL_INIT} console=ttyS0 console=hvc0`, hasDisk });
      case '/guest/kernel':
        return debian.kernel;
      case '/guest/initrd':
        return debian.initrd;
      case '/guest/shell':
        return shellInitramfs({
          greeting: hasDisk ? GREETING : GREETING_WITHOUT_DISK,
          terminal: 'xterm-256color',
          devices: ['hvc0', 'ttyS0'],
          modules,
          ...(hasDisk && { setUp: MOUNT }),
        });
    }
    return undefined;
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost');
    find(pathname).then(
      (body) => {
        const type =
          TYPES[extname(pathname === '/' ? '/index.html' : pathname)] ?? 'application/octet-stream';
        response.writeHead(body === undefined ? 404 : 200, {
          'content-type': body === undefined ? 'text/plain' : type,
          'content-security-policy': POLICY,
          'cache-control': 'no-cache',
        });
        response.end(body ?? `${pathname} is not here\n`);
      },
      (error: unknown) => {
        obtained = undefined;
        response.writeHead(503, { 'content-type': 'text/plain' });
        response.end(error instanceof Error ? error.message : String(error));
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wanted = process.argv[2] ?? '8080';
  if (!/^\d{1,5}$/.test(wanted) || Number(wanted) > 65535) {
    console.error(`expected a port from 0 to 65535, found ${wanted}`);
    process.exit(2);
  }
  const server = await startServer(Number(wanted)).catch((error: Error) => {
    console.error(`cannot serve the page: ${error.message}`);
    process.exit(1);
  });
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}
