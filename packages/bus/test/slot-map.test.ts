import { expect, test } from "vitest";
import { combineViews, parseView } from "../src/redis-cluster/slot-map.ts";

const asked = "redis://user:secret@seed:7000";

/** As CLUSTER NODES says it. */
function line(id: string, address: string, flags: string, epoch: number, ...slots: string[]): string {
  return [id, address, flags, "-", "0", "1730000000000", String(epoch), "connected", ...slots].join(" ");
}

test("reads ranges, single slots and what is on its way, of masters that hold something", () => {
  const nodes = [
    line("a", "10.0.0.1:7000@17000,host-a,shard-id=1", "myself,master", 3, "0-99", "200", "[300->-b]", "[301-<-b]"),
    line("b", "10.0.0.2:7001@17001", "master,fail", 2, "100-199"),
    line("c", "10.0.0.3:7002@17002", "master", 4),
    line("d", "10.0.0.4:7003@17003", "slave", 3),
    line("e", ":0@0", "slave,noaddr", 0),
    line("f", "10.0.0.6:7005@17005", "handshake", 0),
    "",
  ];
  const map = combineViews([parseView(nodes.join("\n"), [], asked)]);
  const owners = [0, 99, 100, 199, 200, 201, 300, 16_383].map((slot) => map.ownerOf(slot)?.id);
  expect(owners).toEqual(["a", "a", "b", "b", "a", undefined, undefined, undefined]);
  expect(map.owners.map(({ key }) => key)).toEqual(["a 10.0.0.1:7000", "b 10.0.0.2:7001"]);
  expect(map.addresses.map(({ port }) => port)).toEqual([7000, 7001, 7002, 7003]);
});

test("reaches nodes as CLUSTER SLOTS wants clients to, and what has no address at the host that was asked", () => {
  const nodes = [
    line("a", "10.0.0.1:7000@17000", "myself,master", 1, "0-99"),
    line("b", "10.0.0.2:7001@17001", "master", 2, "100-199"),
    line("c", ":7002@17002", "master", 3, "200-299"),
    line("d", "fd00::4:7003@17003", "master", 4, "300-399"),
  ];
  const slots = [
    [0, 99, ["a.example", 7100, "a"]],
    [100, 199, [null, 7101, "b"]],
    [200, 299, ["?", 7102, "c"]],
  ];
  const { owners } = combineViews([parseView(nodes.join("\n"), slots, asked)]);
  expect(owners.map(({ host, port }) => [host, port])).toEqual([
    ["a.example", 7100],
    ["seed", 7101],
    ["seed", 7002],
    ["fd00::4", 7003],
  ]);
});

const old = parseView(line("a", "10.0.0.1:7000@17000", "myself,master", 1, "0-99"), [], asked);
const present = parseView(line("b", "10.0.0.2:7001@17001", "master", 7, "0-99"), [], asked);

test.each([
  ["first", [old, present]],
  ["last", [present, old]],
])("believes the later epoch, when who has not heard of it answers %s", (_when, views) => {
  const map = combineViews(views);
  expect(map.ownerOf(50)?.id).toBe("b");
  expect(map.owners.map(({ id }) => id)).toEqual(["b"]);
});

test("keeps to the address that a node had, as long as anybody names it", () => {
  const by = (host: string) => parseView(line("a", `${host}:7000@17000`, "master", 1, "0-99"), [], asked);
  const before = combineViews([by("one")]);
  expect(combineViews([by("two"), by("one")], before).ownerOf(0)?.host).toBe("one");
  expect(combineViews([by("one"), by("two")], before).ownerOf(0)?.host).toBe("one");
  expect(combineViews([by("two")], before).ownerOf(0)?.host).toBe("two");
});
