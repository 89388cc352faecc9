/** A reference to a secret in the form of Parameter Store (AWS Systems Manager user guide, "Referencing Secrets Manager"). */
const throughParameter = /^\/aws\/reference\/secretsmanager\//

/**
 * Whether a reference of CodeBuild is to one of the app's secrets: by its name, its ARN, or its ARN without the six signs at
 * its end, and with a key of its JSON, a stage and a version after it (CodeBuild user guide, "env/secrets-manager").
 */
export function refersTo(reference: string, secret: string): boolean {
  const one = partsOf(reference.replace(throughParameter, ""))
  const other = partsOf(secret)
  if (one.place !== null && other.place !== null && one.place !== other.place) return false
  return one.names.some((name) => other.names.includes(name))
}

/** Account and Region of an ARN, and the names that it can stand for. */
interface SecretParts {
  readonly place: string | null
  readonly names: readonly string[]
}

function partsOf(reference: string): SecretParts {
  const [, place, resource] = /^arn:[\w-]+:secretsmanager:([\w-]*:\d*):secret:([^:]+)/.exec(reference) ?? []
  if (place === undefined || resource === undefined)
    return { place: null, names: [reference.split(":")[0] ?? ""] }
  return { place, names: [resource, resource.replace(/-[A-Za-z0-9]{6}$/, "")] }
}
