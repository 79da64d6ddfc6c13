/**
 * A machine for every visitor: node examples/websocket/server.js [PORT]. What the visitor sends
 * is typed, what the machine prints is sent; it goes when the visitor does.
 */
import { WebSocketServer } from 'ws';
import { assemble, createMachine } from 'hartware';

const port = Number(process.argv[2] ?? 8081);
if (!Number.isInteger(port) || port < 0 || port > 65535) {
  console.error(`expected a port from 0 to 65535, found ${process.argv[2]}`);
  process.exit(2);
}

/** In place of an operating system: greets, and echoes in capitals. */
const { bytes } = assemble(`
        li    s0, 0x10000000
        la    a0, text
1:      lbu   t0, (a0)
        beqz  t0, next
        sb    t0, (s0)
        addi  a0, a0, 1
        j     1b
next:   li    t0, 1               # an interrupt for each character:
        sb    t0, 1(s0)           # the UART's IER,
        li    t1, 0x0c000000
        sw    t0, 40(t1)          # the priority of source 10,
        li    t1, 0x0c002000
        li    t2, 0x400
        sw    t2, (t1)            # and its enable bit
        li    t2, 0x800
        csrw  mie, t2
        wfi                       # so that an idle visitor costs nothing
read:   lbu   t0, 5(s0)
        andi  t0, t0, 1
        beqz  t0, idle
        lbu   t0, (s0)
        li    t1, 'a'
        bltu  t0, t1, put
        li    t1, 'z'
        bgtu  t0, t1, put
        addi  t0, t0, -32
put:    sb    t0, (s0)
        j     read
idle:   li    t1, 0x0c200004
        lw    t2, (t1)            # claim and complete
        sw    t2, (t1)
        wfi
        j     read
text:   .asciz "Welcome. "
`);

const server = new WebSocketServer({ host: '127.0.0.1', port });
server.on('listening', () => console.log(`ws://127.0.0.1:${server.address().port}/`));
server.on('connection', async (socket) => {
  const machine = await createMachine(
    { hartware: 1, memory: '16M', boot: { kernel: 'program' } },
    // Nobody takes more than a tenth of this thread.
    { files: { program: bytes }, limits: { cpuShare: 0.1 } },
  );
  socket.on('message', (data) => void machine.serial.type(new Uint8Array(data)).catch(() => {}));
  socket.on('close', () => void machine.dispose());
  await machine.start();
  for await (const output of machine.serial.output) socket.send(output);
  socket.close();
});
