// What a person is told when a database or a bus cannot be had: one sentence that says what to do.

/** Its message is for people and complete without a stack; `cause` holds what was caught, if anything. */
export class EmbeddedFault extends Error {
  override readonly name = "EmbeddedFault";
}
