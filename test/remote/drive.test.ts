import { expect, test } from 'vitest';
import { DriveServer, remoteDrive } from '../../src/remote/drive.ts';
import { Peer } from '../../src/remote/peer.ts';
import { pattern, PromptBackend, RecordingBackend } from '../support/block-device.ts';

/** The drive as the other side sees it, over two ports that copy what they pass on. */
function connect(backend: RecordingBackend) {
  const server = new DriveServer();
  const near: Peer = new Peer(
    { postMessage: (message) => queueMicrotask(() => far.receive(structuredClone(message))) },
    {},
  );
  const far: Peer = new Peer(
    { postMessage: (message) => queueMicrotask(() => near.receive(structuredClone(message))) },
    server.services,
  );
  return remoteDrive(near, server.add(backend));
}

test('what can be done at once is, on the side where the drive is', async () => {
  const backend = new PromptBackend(pattern(2048));
  const drive = connect(backend);
  const into = new Uint8Array(100);
  await drive.read(512, into);
  expect(into).toEqual(pattern(2048).subarray(512, 612));
  await drive.write(700, Uint8Array.of(1, 2, 3));
  expect([...backend.bytes.subarray(700, 703)]).toEqual([1, 2, 3]);
  backend.isBusy = true;
  await drive.read(512, into);
  await drive.write(512, into);
  expect(backend.log).toEqual(['read now 512 100', 'write now 700 3', 'read 512 100', 'write 512 100']);
});

test('a drive that does nothing at once is asked in the ordinary way', async () => {
  const backend = new RecordingBackend(pattern(2048));
  const drive = connect(backend);
  await drive.read(0, new Uint8Array(1));
  await drive.write(0, new Uint8Array(1));
  expect(backend.log).toEqual(['read 0 1', 'write 0 1']);
});

test('errors come over', async () => {
  const backend = new PromptBackend(pattern(2048));
  const drive = connect(backend);
  backend.error = new Error('bad sector');
  await expect(drive.read(0, new Uint8Array(1))).rejects.toThrow('bad sector');
  await expect(drive.write(0, new Uint8Array(1))).rejects.toThrow('bad sector');
});
