import { readFileSync } from "node:fs"

/** One request as the API server's audit log has it (audit.k8s.io/v1, level Metadata). */
export interface LoggedRequest {
  readonly verb: string
  /** Path and query. */
  readonly uri: string
  /** Absent while the request, a watch, is still open. */
  readonly status?: number
  readonly userAgent: string
  /** RFC 3339, with microseconds. */
  readonly receivedAt: string
  /** When it was answered, or the one who watched hung up; absent until then. */
  readonly endedAt?: string
}

interface AuditEvent {
  readonly auditID: string
  readonly verb: string
  readonly requestURI: string
  readonly user: { readonly username: string }
  readonly userAgent?: string
  readonly responseStatus?: { readonly code?: number }
  readonly stage: string
  readonly requestReceivedTimestamp: string
  readonly stageTimestamp: string
}

/** The users of the control plane's own programs, of whom nothing is logged but what kwok says of pods. */
export const ownUsers = ["envseal-test:controllers", "system:kube-scheduler", "system:apiserver"] as const

/** Metadata of every request of everybody else. */
export const auditPolicy = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  rules: [
    {
      ...{ level: "Metadata", users: [ownUsers[0]], verbs: ["patch"] },
      resources: [{ group: "", resources: ["pods/status"] }],
    },
    { level: "None", users: ownUsers },
    { level: "None", users: ["system:anonymous"] },
    { level: "Metadata" },
  ],
}

/**
 * Reads what one user has asked of the API server, in order of arrival.
 *
 * @param path of the audit log.
 */
export function readRequests(path: string, user: string): readonly LoggedRequest[] {
  const lines = readFileSync(path, "utf8").split("\n")
  const events = lines.filter((line) => line.includes(JSON.stringify(user))).map(parseEvent)
  const requests = new Map<string, LoggedRequest>()
  for (const event of events) {
    if (event.user.username === user) requests.set(event.auditID, requestOf(event))
  }
  return [...requests.values()].sort((one, other) => one.receivedAt.localeCompare(other.receivedAt))
}

function parseEvent(line: string): AuditEvent {
  return JSON.parse(line)
}

function requestOf(event: AuditEvent): LoggedRequest {
  const hasEnded = event.stage === "ResponseComplete"
  const status = hasEnded ? event.responseStatus?.code : undefined
  return {
    verb: event.verb,
    uri: event.requestURI,
    ...(status === undefined ? {} : { status }),
    userAgent: event.userAgent ?? "",
    receivedAt: event.requestReceivedTimestamp,
    ...(hasEnded ? { endedAt: event.stageTimestamp } : {}),
  }
}
