import type { EnvironmentSettings } from "../../config/settings.ts"
import { EnvsealError } from "../../core/error.ts"
import { printable } from "../../core/text.ts"

/** What two environments must not share, by the setting that names it. */
const own: Readonly<Record<string, (settings: EnvironmentSettings) => readonly (string | null)[]>> = {
  secret: ({ secrets }) => secrets.map((secret) => secret.replace(/#.*$/, "")),
  recipients: ({ recipients }) => recipients.filter((recipient) => recipient.startsWith("aws-kms:")),
  kmsKeys: ({ kmsKeys }) => kmsKeys,
  "roles.build": ({ roles }) => [roles.build],
  "roles.pod": ({ roles }) => [roles.pod],
  "build.project": ({ build }) => [build?.project ?? null],
  "cluster.namespace": ({ cluster }) => [
    cluster === null ? null : [cluster.eks, cluster.context, cluster.namespace].join(" "),
  ],
}

/**
 * Refuses an environment that would have something of another one: its pods could open what is sealed for the other,
 * or a deploy of one would change the other.
 *
 * @throws EnvsealError `USAGE` with each setting that they would share.
 */
export function refuseClashes(added: EnvironmentSettings, others: readonly EnvironmentSettings[]): void {
  const problems = others.flatMap((other) =>
    Object.entries(own)
      .filter(([, namesOf]) => namesOf(added).some((name) => name !== null && namesOf(other).includes(name)))
      .map(([setting]) => ({
        code: "BAD_SETTING" as const,
        name: `environments.${added.name}.${setting}`,
        reason: `would be that of ${printable(other.name)}`,
      })),
  )
  if (problems.length === 0) return
  throw new EnvsealError("USAGE", `${printable(added.name)} would share what is another environment's`, {
    problems,
    hint: "choose another name, or give the other environment names that have its own in them",
  })
}
