/**
 * The peer or the input is wrong. Each module that throws it narrows `code` to its own closed union;
 * the message names the field as its specification does. What a stranger may be told is decided at the door.
 */
export class WireError<Code extends string = string> extends Error {
  readonly code: Code

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.code = code
  }
}
