// Where STOMP frames go (contracts §1). Words only: who serves them is the gateway's business.
export const destinations = {
  chat: "/app/chat",
  whisper: "/app/whisper",
  typing: "/app/typing",
  read: "/app/read",
  auth: "/app/auth",
  errors: "/user/queue/errors",
  private: "/user/queue/private",
  notifications: "/user/queue/notifications",
} as const;

const topicPrefix = "/topic/";

export function formatTopic(roomId: string): string {
  return topicPrefix + roomId;
}

/** What follows `/topic/`, unchecked, or undefined when it is no topic. */
export function parseTopic(destination: string): string | undefined {
  return destination.startsWith(topicPrefix) ? destination.slice(topicPrefix.length) : undefined;
}
