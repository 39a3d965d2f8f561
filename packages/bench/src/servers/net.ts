// The limit: plain TCP in lines, no parsing, one buffer for a room, and what a turn of the loop holds for it in one write.
import { createServer, type AddressInfo, type Socket } from "node:net";
import { LineReader } from "../generator/frames.ts";

interface Room {
  members: Set<Socket>;
  pending: Buffer[];
}

const rooms = new Map<string, Room>();
let due: Room[] = [];

function roomOf(name: string): Room {
  const room = rooms.get(name) ?? { members: new Set(), pending: [] };
  rooms.set(name, room);
  return room;
}

function flush() {
  for (const room of due) {
    const octets = Buffer.concat(room.pending);
    room.pending = [];
    for (const member of room.members) member.write(octets);
  }
  due = [];
}

const server = createServer({ noDelay: true }, (socket) => {
  const reader = new LineReader();
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: Buffer) =>
    reader.push(chunk, (buffer, start, end) => {
      if (buffer[start] === 74) {
        roomOf(buffer.toString("latin1", start + 5, end)).members.add(socket); // JOIN room
        socket.write("JOINED\n");
        return;
      }
      const space = buffer.indexOf(32, start + 4); // PUB room body
      const room = roomOf(buffer.toString("latin1", start + 4, space));
      if (room.pending.length === 0 && due.push(room) === 1) setImmediate(flush);
      room.pending.push(buffer.subarray(space + 1, end + 1));
    }),
  );
});

server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
