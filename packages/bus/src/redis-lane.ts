// Which operations one script may carry out together, and by which word it publishes. It must not know what they carry.

export interface Lane {
  readonly publish: "PUBLISH" | "SPUBLISH";
}

/** All that a single Redis has to do. */
export const onlyLane: Lane = { publish: "PUBLISH" };
