import { qualifiedName } from "./resources.ts"

/** What a refusal is about: the resource and, where one object is meant, its name. */
export interface Subject {
  readonly group: string
  readonly plural: string
  readonly kind: string
  readonly name?: string
}

/** The `Status` object of a failure (Kubernetes API conventions). */
export interface Status {
  readonly kind: "Status"
  readonly apiVersion: "v1"
  readonly metadata: Readonly<Record<string, never>>
  readonly status: "Failure"
  readonly message: string
  readonly reason: string
  readonly details?: Readonly<Record<string, unknown>>
  readonly code: number
}

/** A refusal of the API server, in its own words (apimachinery `pkg/api/errors`). */
export class ApiError extends Error {
  override readonly name = "ApiError"
  readonly code: number
  readonly reason: string
  readonly details: Readonly<Record<string, unknown>> | undefined

  constructor(code: number, reason: string, message: string, details?: Readonly<Record<string, unknown>>) {
    super(message)
    this.code = code
    this.reason = reason
    this.details = details
  }

  get status(): Status {
    const { message, reason, details, code } = this
    return {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message,
      reason,
      ...(details === undefined ? {} : { details }),
      code,
    }
  }
}

export function badRequest(message: string): ApiError {
  return new ApiError(400, "BadRequest", message)
}

export function unauthorized(): ApiError {
  return new ApiError(401, "Unauthorized", "Unauthorized")
}

export function notFound(subject: Subject): ApiError {
  return new ApiError(
    404,
    "NotFound",
    `${qualifiedName(subject)} "${subject.name ?? ""}" not found`,
    details(subject),
  )
}

/** For a path that no server has. */
export function noSuchPath(): ApiError {
  return new ApiError(404, "NotFound", "the server could not find the requested resource", {})
}

export function methodNotAllowed(): ApiError {
  return new ApiError(
    405,
    "MethodNotAllowed",
    "the server does not allow this method on the requested resource",
    {},
  )
}

export function alreadyExists(subject: Subject): ApiError {
  return new ApiError(
    409,
    "AlreadyExists",
    `${qualifiedName(subject)} "${subject.name ?? ""}" already exists`,
    details(subject),
  )
}

export function conflict(subject: Subject, why: string): ApiError {
  return new ApiError(
    409,
    "Conflict",
    `Operation cannot be fulfilled on ${qualifiedName(subject)} "${subject.name ?? ""}": ${why}`,
    details(subject),
  )
}

/** Of a write that names an old resource version. */
export function modified(subject: Subject): ApiError {
  return conflict(
    subject,
    "the object has been modified; please apply your changes to the latest version and try again",
  )
}

/** Of a watch or a list that goes on from where the server has nothing left. */
export function expired(message: string): ApiError {
  return new ApiError(410, "Expired", message)
}

export function unsupportedMediaType(): ApiError {
  return new ApiError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {})
}

/** One field that is wrong. */
export interface FieldFault {
  readonly type:
    | "FieldValueRequired"
    | "FieldValueInvalid"
    | "FieldValueNotSupported"
    | "FieldValueDuplicate"
    | "FieldValueTooLong"
  readonly field: string
  /** Such as `Required value`. */
  readonly message: string
}

export function invalid({ group, kind, name }: Subject, faults: readonly FieldFault[]): ApiError {
  const [first, ...others] = faults.map(({ field, message }) => `${field}: ${message}`)
  const list = others.length === 0 ? first : `[${[first, ...others].join(", ")}]`
  const qualified = group === "" ? kind : `${kind}.${group}`
  const causes = faults.map(({ type, message, field }) => ({ reason: type, message, field }))
  const parts = Object.entries({ name, group, kind }).filter(([, value]) => value)
  return new ApiError(422, "Invalid", `${qualified} "${name ?? ""}" is invalid: ${list}`, {
    ...Object.fromEntries(parts),
    causes,
  })
}

/** All that the server says of a JSON patch that it cannot apply, whatever the reason. */
export function patchFailed(): ApiError {
  return new ApiError(422, "Invalid", "the server rejected our request due to an error in our request", {})
}

function details({ name, group, plural }: Subject): Readonly<Record<string, unknown>> {
  return { name: name ?? "", ...(group === "" ? {} : { group }), kind: plural }
}
