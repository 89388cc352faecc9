import { EnvsealError } from "../../core/error.ts"
import { printable } from "../../core/text.ts"

/** Where a repository of Amazon ECR is. */
export interface EcrRepository {
  readonly account: string
  readonly region: string
  readonly name: string
}

const hosts = [
  /^(\d{12})\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([a-z0-9][a-z0-9._/-]*)$/,
  // With IPv6 (ECR user guide, "dual-stack endpoints").
  /^(\d{12})\.dkr-ecr(?:-fips)?\.([a-z0-9-]+)\.on\.(?:aws|amazonwebservices\.com\.cn)\/([a-z0-9][a-z0-9._/-]*)$/,
]

/** @returns `null` for a repository that is not in ECR. */
export function ecrRepository(text: string): EcrRepository | null {
  for (const host of hosts) {
    const [, account, region, name] = host.exec(text) ?? []
    if (account !== undefined && region !== undefined && name !== undefined) return { account, region, name }
  }
  return null
}

/** @throws EnvsealError `IMAGE_UNUSABLE` for a repository that is not in ECR. */
export function parseEcrRepository(text: string): EcrRepository {
  const place = ecrRepository(text)
  if (place !== null) return place
  throw new EnvsealError("IMAGE_UNUSABLE", `the repository "${printable(text)}" is not in Amazon ECR`, {
    hint: "write ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME: envseal looks up digests in ECR alone",
  })
}
