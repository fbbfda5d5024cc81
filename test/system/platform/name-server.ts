import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const TYPE_A = 1;

/**
 * A resolver on 127.0.0.1:53 that gives each name its address, but for the names it leaves without an answer:
 * getaddrinfo then waits for its own time-out, 5 s twice, and holds one of Node's threads for as long.
 */
export async function startNameServer(
  addressOf: (name: string) => string,
  leaves: (name: string) => boolean,
): Promise<void> {
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    const { name, type, end } = question(query);
    if (leaves(name)) return;
    const answers = type === TYPE_A ? 1 : 0;
    const header = Buffer.from(query.subarray(0, 12));
    header.writeUInt16BE(0x81_80, 2);
    header.writeUInt16BE(answers, 6);
    header.writeUInt32BE(0, 8);
    const answer = Buffer.from([
      0xc0,
      12,
      0,
      TYPE_A,
      0,
      1,
      0,
      0,
      0,
      1,
      0,
      4,
      ...addressOf(name).split('.').map(Number),
    ]);
    socket.send(
      Buffer.concat([header, query.subarray(12, end), answers === 1 ? answer : Buffer.alloc(0)]),
      port,
      address,
    );
  });
  socket.bind(53, '127.0.0.1');
  await once(socket, 'listening');
}

function question(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}
