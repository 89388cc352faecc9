/**
 * A refusal as the service means it, before a protocol gives it a shape. `status` is the HTTP status; an empty
 * message is left out, as KMS does for InvalidCiphertextException.
 */
export class Fault extends Error {
  override readonly name = "Fault"
  readonly code: string
  readonly status: number

  constructor(code: string, message: string, status = 400) {
    super(message)
    this.code = code
    this.status = status
  }
}
