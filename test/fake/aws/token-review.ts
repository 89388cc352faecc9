import { reviewToken } from "./eks-token.ts"
import type { Answer, Call } from "./exchange.ts"
import { Fault } from "./fault.ts"
import { jsonAnswer } from "./plain.ts"

/** Before the name of a cluster, the path of its webhook. An API server drops a query. */
export const tokenReviewPath = "/_eks/token-review/"

/**
 * Answers a TokenReview of Kubernetes. A token of which nothing comes is an answer, too.
 *
 * @throws Fault for what is no TokenReview.
 */
export function answerTokenReview({ request, state, now, record }: Call): Answer {
  const cluster = request.path.slice(tokenReviewPath.length)
  if (cluster === "") throw new Fault("BadRequest", "the path needs a cluster")
  const token = readToken(request.body)
  const stsHost = request.headers["host"] ?? ""
  const verdict = reviewToken(token, { cluster, world: state.world, now, stsHost })
  if ("refusal" in verdict) return review({ authenticated: false, error: verdict.refusal })
  record.principal = verdict.user.extra["canonicalArn"]?.[0] ?? null
  return review({ authenticated: true, user: verdict.user })
}

/** What is no TokenReview, as an HTTP server refuses it. */
export function tokenReviewFault({ message, status }: Fault): Answer {
  return jsonAnswer(status, { message })
}

const apiVersion = "authentication.k8s.io/v1"

function readToken(body: Uint8Array): string {
  let review: unknown
  try {
    review = JSON.parse(Buffer.from(body).toString())
  } catch {
    throw new Fault("BadRequest", "the body is no JSON")
  }
  const { apiVersion: version, kind, spec } = (review ?? {}) as Readonly<Record<string, unknown>>
  const { token } = (spec ?? {}) as Readonly<Record<string, unknown>>
  if (version !== apiVersion || kind !== "TokenReview" || typeof token !== "string") {
    throw new Fault("BadRequest", `the body is no TokenReview of ${apiVersion} with a token`)
  }
  return token
}

function review(status: object): Answer {
  return jsonAnswer(200, { apiVersion, kind: "TokenReview", status })
}
