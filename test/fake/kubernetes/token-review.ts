import type { Identity } from "./authentication.ts"

const waitMs = 60_000

/**
 * Asks a webhook whose token it is (authentication.k8s.io/v1 TokenReview), as EKS asks aws-iam-authenticator.
 *
 * @returns `null` when it is nobody's, or there is no answer.
 */
export async function reviewToken(url: string, token: string): Promise<Identity | null> {
  const review = { apiVersion: "authentication.k8s.io/v1", kind: "TokenReview", spec: { token } }
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(review),
      signal: AbortSignal.timeout(waitMs),
    })
    return response.ok ? identityOf(await response.json()) : null
  } catch {
    return null
  }
}

interface Answer {
  readonly status?: {
    readonly authenticated?: boolean
    readonly user?: { readonly username?: string; readonly groups?: readonly string[] }
  }
}

function identityOf(answer: unknown): Identity | null {
  const { authenticated, user } = (answer as Answer).status ?? {}
  if (authenticated !== true || user?.username === undefined) return null
  return { name: user.username, groups: user.groups ?? [] }
}
