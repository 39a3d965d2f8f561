// How much one client, one address and all together may ask of chat-ws. Each has a name, a unit and a default.
import { busLimits } from "@parley/bus";
import { exemptAddresses, integer, variable } from "@parley/service";
import { stompLimits } from "@parley/stomp";

/** Of one connection, by the engine's names. */
const engineVariables = {
  frameBytesMax: variable(
    "FRAME_BYTES_MAX",
    integer(1_024, 16_777_216).default(stompLimits.frameBytesMax),
    "octets of a STOMP frame before TOO_LARGE; a WebSocket message may have twice as many",
  ),
  headersMax: variable(
    "HEADERS_MAX",
    integer(8, 10_000).default(stompLimits.headersMax),
    "headers of a STOMP frame before TOO_LARGE",
  ),
  headerLineBytesMax: variable(
    "HEADER_LINE_BYTES_MAX",
    integer(256, 65_536).default(stompLimits.headerLineBytesMax),
    "octets of a header line of a STOMP frame before TOO_LARGE",
  ),
  connectBytesMax: variable(
    "CONNECT_BYTES_MAX",
    integer(1_024, 65_536).default(stompLimits.connectBytesMax),
    "octets before the end of CONNECT before TOO_LARGE",
  ),
  connectMs: variable(
    "CONNECT_MS",
    integer(100, 600_000).default(stompLimits.connectMs),
    "longest wait for CONNECT before TIMEOUT, in milliseconds",
  ),
  frameMs: variable(
    "FRAME_MS",
    integer(100, 600_000).default(stompLimits.frameMs),
    "longest wait for the rest of a frame before TIMEOUT, in milliseconds",
  ),
  disconnectMs: variable(
    "DISCONNECT_MS",
    integer(100, 600_000).default(stompLimits.disconnectMs),
    "longest wait of DISCONNECT for what is under way before TIMEOUT, in milliseconds",
  ),
  subscriptionsMax: variable(
    "SUBSCRIPTIONS_MAX",
    integer(1, 100_000).default(stompLimits.subscriptionsMax),
    "subscriptions of a connection before TOO_MANY",
  ),
  transactionsMax: variable(
    "TRANSACTIONS_MAX",
    integer(0, 1_000).default(stompLimits.transactionsMax),
    "open transactions of a connection before TOO_MANY",
  ),
  transactionFramesMax: variable(
    "TRANSACTION_FRAMES_MAX",
    integer(1, 10_000).default(stompLimits.transactionFramesMax),
    "frames in a transaction before TOO_MANY",
  ),
  transactionBytesMax: variable(
    "TRANSACTION_BYTES_MAX",
    integer(1_024, 16_777_216).default(stompLimits.transactionBytesMax),
    "octets in a transaction before TOO_LARGE",
  ),
  ackWindowMax: variable(
    "ACK_WINDOW_MAX",
    integer(1, 100_000).default(stompLimits.ackWindowMax),
    "messages of a subscription that wait for ACK before SLOW_CONSUMER",
  ),
  pendingBytesMax: variable(
    "PENDING_BYTES_MAX",
    integer(1_024, 16_777_216).default(stompLimits.pendingBytesMax),
    "octets that wait behind a frame under way before a connection is not read",
  ),
  outcomesMax: variable(
    "OUTCOMES_MAX",
    integer(1, 100_000).default(stompLimits.outcomesMax),
    "messages of a connection on their way to be stored before later frames wait",
  ),
};

/** Of the log in Redis, by the bus's names. */
const logVariables = {
  logEntriesMax: variable(
    "LOG_ENTRIES_MAX",
    integer(1, 1_000_000_000).default(busLimits.logEntriesMax),
    "messages that wait in the log to be stored before OVERLOADED",
  ),
  logBytesMax: variable(
    "LOG_BYTES_MAX",
    integer(65_536, 1_099_511_627_776).default(busLimits.logBytesMax),
    "octets of the log before OVERLOADED, as Redis counts them, once a second",
  ),
};

export const limitVariables = {
  ...engineVariables,
  ...logVariables,
  outboxBytesMax: variable(
    "OUTBOX_BYTES_MAX",
    integer(131_072, 1_073_741_824).default(1_048_576),
    "octets that may wait for a slow reader before SLOW_CONSUMER; from half of it on it is given no previews",
  ),
  outboxMs: variable(
    "OUTBOX_MS",
    integer(1_000, 600_000).default(10_000),
    "how long any octet may wait for a slow reader before SLOW_CONSUMER, in milliseconds",
  ),
  replayMessagesMax: variable(
    "REPLAY_MESSAGES_MAX",
    integer(0, 1_000_000).default(10_000),
    "messages that a SUBSCRIBE with `after` is given before RESYNC: load pages instead",
  ),
  positionsMs: variable(
    "POSITIONS_MS",
    integer(50, 5_000).default(5_000),
    "how often chat-history is asked which rooms moved, in milliseconds: the longest a lost last event stays unnoticed",
  ),
  sendsHeldMax: variable(
    "SENDS_HELD_MAX",
    integer(0, 100_000).default(1_000),
    "messages of an instance that wait while Redis is away before UNAVAILABLE",
  ),
  sendsPerSecondMax: variable(
    "SENDS_PER_SECOND_MAX",
    integer(1, 1_000_000).default(20),
    "messages of an account per second, over all instances, before RATE_LIMITED",
  ),
  sendsBurstMax: variable(
    "SENDS_BURST_MAX",
    integer(1, 1_000_000).default(60),
    "messages of an account at once, after a pause, before RATE_LIMITED",
  ),
  connectionsMax: variable(
    "CONNECTIONS_MAX",
    integer(1, 1_000_000).default(20_000),
    "connections of an instance before OVERLOADED",
  ),
  connectionsPerAddressMax: variable(
    "CONNECTIONS_PER_ADDRESS_MAX",
    integer(1, 1_000_000).default(100),
    "connections from one address before TOO_MANY",
  ),
  exemptAddresses,
  tokenNoticeMs: variable(
    "TOKEN_NOTICE_MS",
    integer(0, 3_600_000).default(60_000),
    "how long before an access token ends its open connection is told, in milliseconds",
  ),
  tokenGraceMs: variable(
    "TOKEN_GRACE_MS",
    integer(0, 600_000).default(30_000),
    "how long after it a connection may stay without a new one before TOKEN_EXPIRED, in milliseconds",
  ),
  accessCheckMs: variable(
    "ACCESS_CHECK_MS",
    integer(50, 60_000).default(20_000),
    "how often it is asked what changed in rights and logins, in milliseconds: the longest a lost event leaves a door open",
  ),
  connectsPerAccountMax: variable(
    "CONNECTS_PER_ACCOUNT_MAX",
    integer(1, 1_000_000).default(120),
    "connections of an account per minute, over all instances, before RATE_LIMITED",
  ),
  connectsPerAddressMax: variable(
    "CONNECTS_PER_ADDRESS_MAX",
    integer(1, 1_000_000).default(600),
    "connections from an address per minute, over all instances, before RATE_LIMITED",
  ),
  connectsPerSecondMax: variable(
    "CONNECTS_PER_SECOND_MAX",
    integer(1, 1_000_000).default(300),
    "new connections of an instance per second before OVERLOADED, with a Retry-After that spreads them",
  ),
  connectsBurstMax: variable(
    "CONNECTS_BURST_MAX",
    integer(1, 1_000_000).default(600),
    "new connections of an instance at once, after a pause, before OVERLOADED",
  ),
};
