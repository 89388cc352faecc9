import { describe, expect, test } from "vitest"
import { chooseMechanism, type Mechanism } from "../../../src/adapters/aws/mechanism.ts"
import { Redactor } from "../../../src/adapters/aws/redact.ts"
import { EnvsealError } from "../../../src/core/error.ts"

/** What each kind of credentials is recognized by, in the order in which they count. */
const kinds: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
  ["an access key", { AWS_ACCESS_KEY_ID: "AKIAX", AWS_SECRET_ACCESS_KEY: "x" }, "the access key"],
  ["a web identity", { AWS_WEB_IDENTITY_TOKEN_FILE: "/t", AWS_ROLE_ARN: "arn:r" }, "web identity"],
  [
    "a container's relative address",
    { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/v2/x" },
    "the container credentials agent at http://169.254.170.2",
  ],
  [
    "Pod Identity",
    { AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://169.254.170.23/v1/credentials" },
    "the EKS Pod Identity agent",
  ],
  ["a profile in the environment", { AWS_PROFILE: "team" }, "profile team"],
]

const files = { AWS_CONFIG_FILE: "/none", AWS_SHARED_CREDENTIALS_FILE: "/none" }

function choose(
  environment: Readonly<Record<string, string>>,
  profile: string | null = "laptop",
  givenProfile: string | null = null,
): { readonly chosen: Mechanism; readonly warned: readonly string[] } {
  const warned: string[] = []
  const settings = {
    environment: { ...files, ...environment },
    profile,
    givenProfile,
    region: null,
    allowInstanceRole: false,
    log: { warn: (text: string) => warned.push(text), debug: () => undefined },
    activity: { begin: () => undefined, failed: () => undefined },
    remainingMs: () => 1_000,
  }
  return { chosen: chooseMechanism(settings, new Redactor()), warned }
}

describe("the profile of the settings", () => {
  test.each(kinds)("does not count beside %s, and nothing is warned of", (_, environment, name) => {
    const { chosen, warned } = choose(environment)
    expect(chosen.name).toContain(name)
    expect(chosen.profile).toBe(environment["AWS_PROFILE"] ?? null)
    expect(warned).toEqual([])
  })

  test.each([
    ["nothing", {}],
    ["an access key without its secret", { AWS_ACCESS_KEY_ID: "AKIAX" }],
    ["a secret without its access key", { AWS_SECRET_ACCESS_KEY: "x" }],
    ["a token without a role", { AWS_WEB_IDENTITY_TOKEN_FILE: "/t" }],
    ["a role without a token", { AWS_ROLE_ARN: "arn:r" }],
    [
      "empty variables",
      {
        AWS_ACCESS_KEY_ID: "",
        AWS_SECRET_ACCESS_KEY: "",
        AWS_WEB_IDENTITY_TOKEN_FILE: "",
        AWS_ROLE_ARN: "",
        AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "",
        AWS_CONTAINER_CREDENTIALS_FULL_URI: "",
        AWS_PROFILE: "",
      },
    ],
  ])("counts where the environment has %s", (_, environment) => {
    expect(choose(environment).chosen).toMatchObject({ name: "profile laptop", profile: "laptop" })
  })
})

test.each(kinds)("the profile that the command line names goes before %s", (_, environment) => {
  expect(choose(environment, "laptop", "given").chosen).toMatchObject({
    name: "profile given",
    profile: "given",
  })
})

test.each(kinds.slice(0, -1).map((kind, at) => [kind[0], kinds[at + 1]?.[0], kind, kinds[at + 1]] as const))(
  "%s goes before %s",
  (_, __, first, second) => {
    expect(choose({ ...second?.[1], ...first[1] }).chosen.name).toContain(first[2])
  },
)

test.each([
  ["a laptop", {}, /^log in, and name the profile .*: aws sso login --profile NAME$/],
  ["a pod", { KUBERNETES_SERVICE_HOST: "10.0.0.1" }, /^give the pod's service account a role/],
  ["another CI", { CI: "true" }, /^give the job a role/],
])("without credentials, on %s the hint is what helps there", (_, environment, hint) => {
  try {
    choose(environment, null)
    expect.unreachable()
  } catch (error) {
    expect(error).toMatchObject({ code: "NO_CREDENTIALS", hint: expect.stringMatching(hint) })
  }
})

test("without credentials and without a profile there is a failure that says what was looked for", () => {
  expect(() => choose({}, null)).toThrow(EnvsealError)
  expect(() => choose({}, null)).toThrow("no web identity, no container credentials and no profile")
})
