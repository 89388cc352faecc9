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
  | "NOT_RESEALABLE"
  | "IDENTITY_MALFORMED"
  | "NOT_AN_ENVELOPE"
  | "ARMOR_MALFORMED"
  | "HEADER_MALFORMED"
  | "HEADER_TOO_LARGE"
  | "TOO_MANY_STANZAS"
  | "VERSION_UNSUPPORTED"
  | "TARGET_UNSAFE"
  | "TARGET_EXISTS"
  | "WRITE_FAILED"
  | "ENVIRONMENT_TOO_LARGE"
  | "OPENED_IN_VAIN"
  | "NOT_TEXT"
  | "EDITOR_FAILED"
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
  | "CONFIG_MISSING"
  | "CONFIG_MALFORMED"
  | "KUBECONFIG_MALFORMED"
  | "WRONG_ACCOUNT"
  | "WRONG_CLUSTER"
  | "PROJECT_UNUSABLE"
  | "COMMIT_UNKNOWN"
  | "WORKLOAD_UNUSABLE"
  | "MANIFEST_UNUSABLE"
  | "LOCKED"
  | "SECRET_CHANGED"
  | "SECRET_BUSY"
  | "THROTTLED"
  | "BUILD_NOT_STARTED"
  | "BUILD_FAILED"
  | "IMAGE_UNUSABLE"
  | "CODE_CHANGED"
  | "HOOK_FAILED"
  | "PATCH_CONFLICT"
  | "PATCH_REFUSED"
  | "ROLLOUT_FAILED"
  | "ROLLBACK_FAILED"
  | "SUPERSEDED"
  | "LOCK_LOST"
  | "NO_PREVIOUS_RELEASE"

/**
 * Why one name of a secret, one setting or one workload was refused, or why an app would not read what is opened.
 * Permanent like {@link ErrorCode}, and documented beside it: a `SECRET_REFUSED`, `CONFIG_MALFORMED`,
 * `WORKLOAD_UNUSABLE`, `MANIFEST_UNUSABLE` or `OPENED_IN_VAIN` carries one {@link Problem} for each thing that is at
 * fault, all of them at once.
 */
export type ProblemCode =
  | "BAD_NAME"
  | "DUPLICATE_NAME"
  | "FORBIDDEN_NAME"
  | "DOUBTFUL_SYNTAX"
  | "OUTSIDE_REFERENCE"
  | "NESTED_VALUE"
  | "UNREPRESENTABLE_VALUE"
  | "VALUE_TOO_LONG"
  | "MISSING_NAME"
  | "UNFILLED_VALUE"
  | "UNKNOWN_SETTING"
  | "MISSING_SETTING"
  | "BAD_SETTING"
  | "WORKLOAD_MISSING"
  | "CONTAINER_MISSING"
  | "WORKLOAD_PAUSED"
  | "STRATEGY_UNSUPPORTED"
  | "SEVERAL_IMAGES"
  | "NEVER_OPENS"
  | "CHANGE_REFUSED"
  | "RIGHT_MISSING"
  | "BAD_MANIFEST"
  | "NOT_DEPLOYED"
  | "UNREADABLE_FILE"
  | "UNREACHABLE_FILE"
  | "CONFIG_CACHED"
  | "OTHER_FILE"
  | "OTHER_PLACE"
  | "SERVICE_LINK"
  | "ENVIRONMENT_WINS"
  | "VARIABLES_DROPPED"

/** One thing that is at fault. Safe to print: no field here can hold a value. */
export interface Problem {
  readonly code: ProblemCode
  /** A name of a secret, a place such as `envseal.yaml:12:7`, a path, or a workload such as `deployment/web`. */
  readonly name: string
  /** What is wrong, lower case and without the name, such as `holds a NUL character`. */
  readonly reason: string
}

export interface ErrorInit {
  readonly cause?: unknown
  /** What to do next, as a command where possible. Printed on its own line. */
  readonly hint?: string
  /** The single faults behind an error that has several. */
  readonly problems?: readonly Problem[]
  /** Of the text that was read, counted from 1. */
  readonly line?: number | null
}

/** A failure that envseal foresaw. The message is lower case, names the object, and never holds a value. */
export class EnvsealError extends Error {
  override readonly name = "EnvsealError"
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly problems: readonly Problem[]
  /** Where in the text that was read the fault is; `null` where that is not known or no text was read. */
  readonly line: number | null

  constructor(code: ErrorCode, message: string, init: ErrorInit = {}) {
    super(message, "cause" in init ? { cause: init.cause } : undefined)
    this.code = code
    this.hint = init.hint
    this.problems = init.problems ?? []
    this.line = init.line ?? null
  }
}

/** The platform's own code of an I/O error, such as `ENOENT`; `null` when it has none. */
export function systemCode(error: unknown): string | null {
  if (typeof error !== "object" || error === null || !("code" in error)) return null
  return typeof error.code === "string" ? error.code : null
}
