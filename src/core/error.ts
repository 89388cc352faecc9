/**
 * Every way envseal fails on purpose. Codes are permanent: scripts compare them, and docs/errors.md has a
 * heading for each. Anything that is not an {@link EnvsealError} is a bug in envseal.
 */
export type ErrorCode =
  | "USAGE"
  | "INPUT_UNREADABLE"
  | "INPUT_TOO_LARGE"
  | "SOURCE_MISSING"
  | "SECRET_MALFORMED"
  | "SECRET_REFUSED"
  | "DOTENV_MALFORMED"
  | "IMAGE_MALFORMED"
  | "IDENTITY_MALFORMED"
  | "NOT_AN_ENVELOPE"
  | "ARMOR_MALFORMED"
  | "HEADER_MALFORMED"
  | "VERSION_UNSUPPORTED"
  | "TARGET_UNSAFE"
  | "TARGET_EXISTS"
  | "WRITE_FAILED"
  | "ENVIRONMENT_TOO_LARGE"
  | "NO_IDENTITY"
  | "NO_MATCH"
  | "NO_CREDENTIALS"
  | "CREDENTIALS_REFUSED"
  | "ACCESS_DENIED"
  | "KEY_UNUSABLE"
  | "TAMPERED"
  | "CONTEXT_MALFORMED"
  | "CONTEXT_MISMATCH"
  | "KEY_MISMATCH"
  | "REMOTE_FAILED"
  | "TIMED_OUT"
  | "COMMAND_NOT_EXECUTABLE"
  | "COMMAND_NOT_FOUND"

/**
 * Why one name of a secret was refused. Permanent like {@link ErrorCode}, and documented beside it: a
 * `SECRET_REFUSED` carries one {@link Problem} for each name that is at fault, all of them at once.
 */
export type ProblemCode =
  | "BAD_NAME"
  | "DUPLICATE_NAME"
  | "FORBIDDEN_NAME"
  | "NESTED_VALUE"
  | "UNREPRESENTABLE_VALUE"
  | "VALUE_TOO_LONG"
  | "MISSING_NAME"

/** One refused name. Safe to print: no field here can hold a value. */
export interface Problem {
  readonly code: ProblemCode
  readonly name: string
  /** What is wrong, lower case and without the name, such as `holds a NUL character`. */
  readonly reason: string
}

export interface ErrorInit {
  readonly cause?: unknown
  /** What to do next, as a command where possible. Printed on its own line. */
  readonly hint?: string
  /** The single faults behind a `SECRET_REFUSED`. */
  readonly problems?: readonly Problem[]
}

/** A failure that envseal foresaw. The message is lower case, names the object, and never holds a value. */
export class EnvsealError extends Error {
  override readonly name = "EnvsealError"
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly problems: readonly Problem[]

  constructor(code: ErrorCode, message: string, init: ErrorInit = {}) {
    super(message, "cause" in init ? { cause: init.cause } : undefined)
    this.code = code
    this.hint = init.hint
    this.problems = init.problems ?? []
  }
}

/** The platform's own code of an I/O error, such as `ENOENT`; `null` when it has none. */
export function systemCode(error: unknown): string | null {
  if (typeof error !== "object" || error === null || !("code" in error)) return null
  return typeof error.code === "string" ? error.code : null
}
