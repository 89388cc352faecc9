import { EnvsealError, type ErrorCode } from "../core/error.ts"

/**
 * What a failure makes the process end with, grouped by what the caller should do next. 0 is done, 1 a bug in
 * envseal, 3 the answer "no" of `diff`, `check`, `scan`, `status` and `doctor`, 130 and 143 an interrupt.
 */
export const exitStatusOf = {
  USAGE: 2,
  INPUT_UNREADABLE: 4,
  INPUT_TOO_LARGE: 4,
  SOURCE_MISSING: 4,
  SECRET_MALFORMED: 4,
  SECRET_REFUSED: 4,
  DOTENV_MALFORMED: 4,
  IMAGE_MALFORMED: 4,
  NOT_RESEALABLE: 4,
  IDENTITY_MALFORMED: 4,
  NOT_AN_ENVELOPE: 4,
  ARMOR_MALFORMED: 4,
  HEADER_MALFORMED: 4,
  HEADER_TOO_LARGE: 4,
  TOO_MANY_STANZAS: 4,
  VERSION_UNSUPPORTED: 4,
  TARGET_UNSAFE: 4,
  TARGET_EXISTS: 4,
  WRITE_FAILED: 4,
  ENVIRONMENT_TOO_LARGE: 4,
  OPENED_IN_VAIN: 4,
  NOT_TEXT: 4,
  EDITOR_FAILED: 4,
  NO_IDENTITY: 5,
  NO_MATCH: 5,
  NO_CREDENTIALS: 5,
  CREDENTIALS_REFUSED: 5,
  ACCESS_DENIED: 5,
  KEY_UNUSABLE: 5,
  TAMPERED: 6,
  CONTEXT_MALFORMED: 6,
  CONTEXT_MISMATCH: 6,
  KEY_MISMATCH: 6,
  REMOTE_FAILED: 7,
  TIMED_OUT: 7,
  COMMAND_NOT_EXECUTABLE: 126,
  COMMAND_NOT_FOUND: 127,
  CONFIG_MISSING: 2,
  CONFIG_MALFORMED: 2,
  KUBECONFIG_MALFORMED: 2,
  WRONG_ACCOUNT: 2,
  WRONG_CLUSTER: 2,
  PROJECT_UNUSABLE: 2,
  COMMIT_UNKNOWN: 2,
  WORKLOAD_UNUSABLE: 2,
  MANIFEST_UNUSABLE: 4,
  LOCKED: 7,
  SECRET_CHANGED: 7,
  SECRET_BUSY: 7,
  THROTTLED: 7,
  BUILD_NOT_STARTED: 8,
  BUILD_FAILED: 8,
  IMAGE_UNUSABLE: 8,
  CODE_CHANGED: 8,
  HOOK_FAILED: 8,
  PATCH_CONFLICT: 8,
  PATCH_REFUSED: 8,
  ROLLOUT_FAILED: 8,
  ROLLBACK_FAILED: 8,
  SUPERSEDED: 8,
  LOCK_LOST: 8,
  NO_PREVIOUS_RELEASE: 8,
} as const satisfies Record<ErrorCode, number>

export const answerIsNo = 3

type ExitStatus = (typeof exitStatusOf)[ErrorCode] | 0 | 1 | typeof answerIsNo | 130 | 143

/** What each status says to the caller. */
export const exitMeaningOf = {
  0: "done",
  1: "a bug in envseal",
  2: "usage or settings",
  3: "the answer is no, of check, diff, doctor, scan and status",
  4: "bad input, or an output that cannot be written",
  5: "no usable key, or access denied",
  6: "altered, or not for here",
  7: "a remote failed, or time ran out: trying again may help",
  8: "the deploy failed",
  126: "the command of open, or the editor, cannot be run",
  127: "the command of open, or the editor, was not found",
  130: "interrupted (Ctrl-C)",
  143: "ended by SIGTERM",
} as const satisfies Record<ExitStatus, string>

/** The status for anything thrown: by the table for what envseal foresaw, 1 for a bug. */
export function exitStatus(error: unknown): number {
  return error instanceof EnvsealError ? exitStatusOf[error.code] : 1
}
