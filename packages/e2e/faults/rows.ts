// All faults, in the order of faults.md.
import type { Row } from "./row.ts";
import { accessLost } from "./rows/access.ts";
import { roomChurn } from "./rows/churn.ts";
import { slowConsumers, slowReaders, unheard, vanished } from "./rows/clients.ts";
import { clockStepsBack, wrongClock } from "./rows/clocks.ts";
import { outOfMemory as heapLimit, poison, uncaught } from "./rows/crashes.ts";
import { balancerReset, largeRoom } from "./rows/crowds.ts";
import { gatewayDescriptors, historyDescriptors } from "./rows/descriptors.ts";
import { failpoints, killHistories } from "./rows/failpoints.ts";
import { foreignMessages } from "./rows/foreign.ts";
import {
  killPostgres,
  postgresDiskFull,
  postgresDown,
  postgresHangs,
  postgresRestart,
  roomLocked,
} from "./rows/postgres.ts";
import { killAllGateways, killAuth, killGateway, killWriter, stopWriter } from "./rows/processes.ts";
import { bigTable, poolExhausted } from "./rows/readers.ts";
import { diskFullAlways, diskFullEverySecond, duplicates, gatewayCutOff, outOfMemory } from "./rows/redis-limits.ts";
import { killRedis, pubsubKilled, redisDown, redisEmpty, redisStopped, trimmed } from "./rows/redis.ts";
import { keysRotated } from "./rows/keys.ts";
import { longRoundTrip, longWay } from "./rows/links.ts";
import { rollingRestart, stopGateway } from "./rows/restarts.ts";
import { killOfEight, masterDies } from "./rows/many.ts";
import { migration } from "./rows/migration.ts";
import { longAfter } from "./rows/retries.ts";
import { soak } from "./rows/soak.ts";
import { slowFrames } from "./rows/slow-frames.ts";
import { slowHttp } from "./rows/slow-requests.ts";

export const rows: Row[] = [
  killGateway,
  killAllGateways,
  killWriter,
  failpoints,
  killHistories,
  stopWriter,
  killAuth,
  stopGateway,
  rollingRestart,
  poison,
  uncaught,
  heapLimit,
  killRedis,
  redisDown,
  redisEmpty,
  trimmed,
  redisStopped,
  gatewayCutOff,
  pubsubKilled,
  outOfMemory,
  diskFullEverySecond,
  diskFullAlways,
  duplicates,
  foreignMessages,
  postgresRestart,
  killPostgres,
  postgresDown,
  postgresDiskFull,
  postgresHangs,
  roomLocked,
  poolExhausted,
  bigTable,
  vanished,
  unheard,
  slowConsumers,
  slowReaders,
  slowFrames,
  slowHttp,
  balancerReset,
  longRoundTrip,
  longWay,
  longAfter,
  largeRoom,
  roomChurn,
  wrongClock,
  clockStepsBack,
  gatewayDescriptors,
  historyDescriptors,
  keysRotated,
  accessLost,
  migration,
  killOfEight,
  masterDies,
  soak,
];
