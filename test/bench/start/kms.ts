import { execFileSync, spawn, spawnSync } from "node:child_process"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { environmentFor, type FakeAws, startFakeAwsApart } from "../../fake/aws/client.ts"
import { appKey, defaultWorld, type Mechanism } from "../../fake/aws/world.ts"
import type { Contender } from "../contender.ts"
import type { Passed } from "../far.ts"
import { binary, node, program, unpackedBinary } from "../prepare.ts"

const context = "app=shop,environment=production"
/** One way, so that an answer takes 30 ms. */
const oneWayMs = 15

/** Opening with a KMS that answers on this machine. */
export interface KmsBench {
  /** By HTTP, as soon as it can. */
  readonly near: { readonly binary: readonly Contender[]; readonly node: readonly Contender[] }
  /** By TLS, each answer 30 ms away. */
  readonly far: readonly Contender[]
  /** What passed between here and the far one since the last call. */
  passed(): Promise<Passed>
  stop(): Promise<void>
}

/** @param folder which has a `secret.json`. */
export async function prepareKms(folder: string): Promise<KmsBench> {
  const aws = await startFakeAwsApart(defaultWorld)
  const far = await startFar(aws, folder)
  const as = (via: Mechanism, role = "app") => ({
    ...environmentFor(aws, { via, role, folder }),
    HOME: folder,
  })
  // Two names, because two services are at two addresses.
  const farAs = (via: Mechanism) => ({
    ...as(via),
    AWS_ENDPOINT_URL: far.url,
    AWS_ENDPOINT_URL_STS: far.url.replace("127.0.0.1", "localhost"),
    NODE_EXTRA_CA_CERTS: join(folder, "far.pem"),
  })
  const seal = ["seal", "-q", "-f", "file:secret.json", "-r", `aws-kms:${appKey}`, "-c", context]
  execFileSync(binary, [...seal, "-o", "kms.sealed"], { cwd: folder, env: as("static", "builder") })
  const open = ["open", "-q", "--in", "kms.sealed", "--expect", context, "--kms-key", appKey, "--stdout"]
  const opener = (name: string, by: readonly string[], env: Record<string, string>): Contender => ({
    name,
    argv: [...by, ...open],
    env,
    isRight: (stdout) => stdout.includes("APP_NAME="),
  })
  return {
    near: {
      binary: [
        opener("`open --stdout` with KMS, an access key, binary", [unpackedBinary(folder)], as("static")),
        opener(
          "`open --stdout` with KMS, Pod Identity, binary",
          [unpackedBinary(folder)],
          as("pod-identity"),
        ),
        opener(
          "`open --stdout` with KMS, web identity, binary",
          [unpackedBinary(folder)],
          as("web-identity"),
        ),
      ],
      node: [opener("`open --stdout` with KMS, Pod Identity, Node", [node, program], as("pod-identity"))],
    },
    far: [
      opener("an access key: `Decrypt`", [unpackedBinary(folder)], farAs("static")),
      opener(
        "web identity: `AssumeRoleWithWebIdentity`, then `Decrypt`",
        [unpackedBinary(folder)],
        farAs("web-identity"),
      ),
    ],
    passed: far.passed,
    stop: async () => {
      far.stop()
      await aws.stop()
    },
  }
}

async function startFar(aws: FakeAws, folder: string) {
  const [key, certificate] = [join(folder, "far.key"), join(folder, "far.pem")]
  const made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
  const named = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]
  const args = ["req", "-x509", ...made, ...named, "-keyout", key, "-out", certificate]
  const { status } = spawnSync("openssl", args, { stdio: "ignore" })
  if (status !== 0) throw new Error("openssl is needed for a certificate")
  const main = join(import.meta.dirname, "../far.ts")
  const child = spawn(node, [main, aws.url, key, certificate, String(oneWayMs)], {
    stdio: ["pipe", "pipe", "inherit"],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const line = async () => String((await lines.next()).value)
  const port = await line()
  return {
    url: `https://127.0.0.1:${port}`,
    passed: async (): Promise<Passed> => {
      child.stdin.write("\n")
      return JSON.parse(await line())
    },
    stop: () => child.kill(),
  }
}
