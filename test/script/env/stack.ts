import { readFileSync } from "node:fs"
import { parse } from "yaml"
import type { PolicyDocument } from "../../fake/aws/policy.ts"
import { type Key, keyArn, type Mechanism, type Role } from "../../fake/aws/world.ts"

/** The key that CloudFormation would have made. */
export const madeKey = keyArn("0a0a0a0a-12ab-34cd-56ef-1234567890ab")

interface Resource {
  readonly Type: string
  readonly Properties: Readonly<Record<string, unknown>>
}

const usual: readonly Mechanism[] = ["static", "pod-identity", "container"]

interface Template {
  readonly Parameters: Readonly<Record<string, { readonly Default?: string }>>
  readonly Resources: Readonly<Record<string, Resource>>
}

function read(path: string): Template {
  return parse(readFileSync(path, "utf8"), { version: "1.1" })
}

/** The properties of a resource, with the defaults of the parameters that they name. */
export function propertiesOf(path: string, name: string): Readonly<Record<string, unknown>> {
  const { Parameters, Resources } = read(path)
  return JSON.parse(JSON.stringify(Resources[name]?.Properties), (_, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || !("Ref" in inner)) return inner
    return Parameters[String(inner.Ref)]?.Default ?? inner
  })
}

/** What of a template the fake AWS knows: its roles with their policies, and its key. */
export function rolesAndKeyOf(path: string): { roles: Role[]; keys: Key[] } {
  const resources = read(path).Resources
  const roleArns = Object.entries(resources)
    .filter(([, { Type }]) => Type === "AWS::IAM::Role")
    .map(
      ([name, { Properties }]) => [name, `arn:aws:iam::111122223333:role/${Properties["RoleName"]}`] as const,
    )
  const made = new Map<string, string>([["Key", madeKey], ...roleArns])
  const identity = Object.values(resources).find(({ Type }) => Type === "AWS::EKS::PodIdentityAssociation")
  const { Namespace, ServiceAccount } = identity?.Properties ?? {}
  const roles = roleArns.map(
    ([name, arn]): Role => ({
      name: arn.replace(/^.*\//, ""),
      policies: policiesOf(name, resources).map((policy) => resolved(policy, made)),
      mechanisms: usual,
      ...(name === "PodRole" ? { serviceAccount: `${Namespace}/${ServiceAccount}` } : {}),
    }),
  )
  const deployer = resolved(resources["DeployerPolicy"]?.Properties["PolicyDocument"], made)
  return {
    roles: [...roles, { name: "deployer", policies: [deployer], mechanisms: usual }],
    keys: [
      {
        arn: madeKey,
        aliases: [String(resources["KeyAlias"]?.Properties["AliasName"])],
        policy: resolved(resources["Key"]?.Properties["KeyPolicy"], made),
      },
    ],
  }
}

function policiesOf(role: string, resources: Readonly<Record<string, Resource>>): unknown[] {
  return Object.values(resources)
    .filter(({ Type, Properties }) => Type === "AWS::IAM::RolePolicy" && isRef(Properties["RoleName"], role))
    .map(({ Properties }) => Properties["PolicyDocument"])
}

function isRef(value: unknown, name: string): boolean {
  return typeof value === "object" && value !== null && "Ref" in value && value.Ref === name
}

/** With `Fn::GetAtt` of ARNs done. The stack is made with the parameters that it has by itself: no condition holds. */
function resolved(value: unknown, made: ReadonlyMap<string, string>): PolicyDocument {
  return JSON.parse(JSON.stringify(value), (_, inner: unknown) => {
    if (Array.isArray(inner)) return inner.filter((item) => !(Object(item) === item && "Fn::If" in item))
    if (typeof inner !== "object" || inner === null || !("Fn::GetAtt" in inner)) return inner
    const [name, attribute] = inner["Fn::GetAtt"] as string[]
    const arn = made.get(name ?? "")
    if (arn === undefined || attribute !== "Arn") throw new Error(`nothing is known of ${name}.${attribute}`)
    return arn
  })
}
