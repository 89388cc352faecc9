import type { SignedRequest } from "./canonical-request.ts"
import type { Answer, Service } from "./exchange.ts"
import { Fault } from "./fault.ts"
import { eksAuthFault } from "./pod-identity.ts"

/**
 * What goes wrong. `lost` does what was asked and breaks the connection before the answer; `skewMinutes` puts the server's
 * clock that much ahead, or behind when negative.
 */
export type Failure =
  | "throttle"
  | "unavailable"
  | "reset"
  | "lost"
  | "hang"
  | "drip"
  | "echo"
  | "garbage"
  | { readonly skewMinutes: number }
  | { readonly status: number; readonly code: string; readonly message: string }

/** Which requests fail, and how. The first rule that applies to a request is the one. */
export interface FailureRule {
  readonly service?: Service
  readonly operation?: string
  /** By the scope of the signature; without it, all. */
  readonly region?: string
  /** How many fail; without it, all. */
  readonly times?: number
  /** How many that the rule is for go through before. */
  readonly after?: number
  /** Not called `then`: what has one is taken for a promise. */
  readonly with: Failure
}

/** The rules in force. Each counts the requests that it is for. */
export class Failures {
  readonly #rules: { readonly rule: FailureRule; seen: number }[] = []

  /** @throws Error for a rule that is none. */
  add(rule: FailureRule): void {
    checkRule(rule)
    this.#rules.push({ rule, seen: 0 })
  }

  clear(): void {
    this.#rules.length = 0
  }

  /** The failure for the next request. @returns `null` when it is to go through. */
  next(service: string, operation: string, region: string | null = null): Failure | null {
    for (const entry of this.#rules) {
      const { rule } = entry
      if (rule.service !== undefined && rule.service !== service) continue
      if (rule.operation !== undefined && rule.operation !== operation) continue
      if (rule.region !== undefined && rule.region !== region) continue
      const index = entry.seen - (rule.after ?? 0)
      if (index >= (rule.times ?? Number.POSITIVE_INFINITY)) continue
      entry.seen += 1
      if (index >= 0) return rule.with
    }
    return null
  }
}

const kinds = ["throttle", "unavailable", "reset", "lost", "hang", "drip", "echo", "garbage"]
const shapes = ["skewMinutes", "code,message,status"]

function checkRule({ with: failure, ...rule }: FailureRule): void {
  const other = Object.keys(rule).find(
    (name) => !["service", "operation", "region", "times", "after"].includes(name),
  )
  if (other !== undefined) throw new Error(`unknown member ${other} of a rule`)
  const known =
    typeof failure === "string"
      ? kinds.includes(failure)
      : shapes.includes(Object.keys(failure).sort().join())
  if (!known) throw new Error(`unknown failure ${JSON.stringify(failure)}`)
}

/** The refusal that a failure is, in the words of the service. */
export function refusalOf(
  failure: "throttle" | "unavailable" | "echo" | Exclude<Failure, string | { skewMinutes: number }>,
  service: string,
  request: SignedRequest,
): Fault {
  if (failure === "throttle") return throttled(service)
  if (failure === "unavailable") return unavailable(service)
  if (failure === "echo") return echo(service, request)
  return new Fault(failure.code, failure.message, failure.status)
}

/** An answer that is neither JSON nor XML. */
export const garbage: Answer = {
  status: 200,
  headers: { "content-type": "application/octet-stream" },
  body: Buffer.from([0x00, 0xff, 0x3c, 0x7b, 0x22, 0xfe]),
}

function throttled(service: string): Fault {
  if (service === "kms") {
    return new Fault(
      "ThrottlingException",
      "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.",
    )
  }
  if (service === "sts" || service === "iam") return new Fault("Throttling", "Rate exceeded")
  if (service === "agent") return new Fault("TooManyRequests", "Too Many Requests", 429)
  if (service === "imds") return new Fault("ServiceUnavailable", "Service Unavailable", 503)
  if (service === "s3") return new Fault("SlowDown", "Please reduce your request rate.", 503)
  if (service === "eks") return new Fault("ThrottlingException", "Rate exceeded", 429)
  return new Fault("ThrottlingException", "Rate exceeded")
}

function unavailable(service: string): Fault {
  if (service === "kms") return new Fault("KMSInternalException", "", 500)
  if (service === "secretsmanager") {
    return new Fault("InternalServiceError", "An error occurred on the server side.", 500)
  }
  if (service === "agent") {
    return eksAuthFault(
      "InternalServerException",
      "These errors are usually caused by a server-side issue.",
      500,
    )
  }
  if (service === "ecr") return new Fault("ServerException", "Service Unavailable", 500)
  if (service === "codebuild") return new Fault("InternalFailure", "", 500)
  if (service === "logs" || service === "eks") {
    return new Fault("ServiceUnavailableException", "Service Unavailable", 503)
  }
  return new Fault("ServiceUnavailable", "Service Unavailable", 503)
}

const jsonServices = ["kms", "secretsmanager", "ecr", "codebuild", "logs"]

// What a careless proxy might do. Nothing of it may reach a log.
function echo(service: string, { headers, body }: SignedRequest): Fault {
  const token = headers["x-amz-security-token"] ?? headers["x-aws-ec2-metadata-token"] ?? ""
  const text = [headers["authorization"] ?? "", token, Buffer.from(body).toString()].join(" | ")
  const code = service === "sts" || service === "iam" ? "AccessDenied" : "AccessDeniedException"
  return new Fault(code, text, jsonServices.includes(service) ? 400 : 403)
}
