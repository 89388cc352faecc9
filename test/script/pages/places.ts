import { environmentFor, type FakeAws, startFakeAws } from "../../fake/aws/client.ts"
import { account, appKey, defaultKeyPolicy, defaultWorld, region } from "../../fake/aws/world.ts"
import { sandbox } from "../harness.ts"
import { give, type Place } from "./page.ts"

/** What the pages call the environment's key. */
const keys = [{ arn: appKey, aliases: ["alias/envseal-production"], policy: defaultKeyPolicy }]

/** A place beside a fake AWS, which ends with it. */
export interface AwsPlace extends Place, AsyncDisposable {
  readonly aws: FakeAws
  readonly box: NonNullable<Place["box"]>
}

/** Where the build seals what is in Secrets Manager, and the pod opens it for a php-fpm that only shows its `.env`. */
export async function productionPlace(files: Readonly<Record<string, string>> = {}): Promise<AwsPlace> {
  const box = give(sandbox(), { ".env.example": "APP_KEY=\nDB_PASSWORD=\n", ...files })
  const aws = await startFakeAws({ ...defaultWorld, keys })
  const as = (role: string) => environmentFor(aws, { via: "static", role, folder: box.folder })
  return {
    ...{ aws, box, asUser: true },
    as: { open: as("app"), else: as("builder") },
    programs: { "php-fpm": "exec cat .env\n" },
    [Symbol.asyncDispose]: () => aws.stop(),
  }
}

const everything = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "*", Resource: "*" },
} as const

/**
 * Where somebody may change some secrets.
 *
 * @param values of each by its name; `null` for one without a version.
 */
export async function editorPlace(
  values: Readonly<Record<string, string | null>>,
  files: Readonly<Record<string, string>>,
): Promise<AwsPlace> {
  const box = give(sandbox(), files)
  const secrets = Object.entries(values).map(([name, string]) => ({
    name,
    arn: `arn:aws:secretsmanager:${region}:${account}:secret:${name}-AbCdEf`,
    versions:
      string === null ? [] : [{ id: "00000000-0000-4000-8000-000000000002", stages: ["AWSCURRENT"], string }],
  }))
  const roles = [{ name: "editor", policies: [everything], mechanisms: ["static"] }] as const
  const aws = await startFakeAws({ ...defaultWorld, secrets, roles, keys })
  const env = environmentFor(aws, { via: "static", role: "editor", folder: box.folder })
  return { aws, box, env, [Symbol.asyncDispose]: () => aws.stop() }
}

/** The settings of an environment that has a secret and nothing else. */
export const secretSettings = `version: 1
app: shop
environments:
  production: { account: "${account}", region: ${region}, secret: shop/production }
`

/** The current value of a secret, as the fake keeps it. */
export async function currentOf({ aws }: AwsPlace, name: string): Promise<Record<string, string>> {
  const secret = (await aws.world()).secrets.find((one) => one.name === name)
  const current = secret?.versions.find(({ stages }) => stages.includes("AWSCURRENT"))
  return JSON.parse(current?.string ?? "null")
}
