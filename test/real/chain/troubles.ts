import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { type Key, roleArn, withSecret } from "../../fake/aws/world.ts"
import { recipient } from "../../script/harness.ts"
import { type Run, until } from "../docker/process.ts"
import { hangMs } from "../hang.ts"
import { derivedImage } from "./derived-image.ts"
import type { Chain } from "./stage.ts"
import { isReady, podsOf, visit } from "./visitor.ts"
import { namespace, podRole, secretName, versionId } from "./world.ts"

/** Also beside tests that go on meanwhile. */
const inTurn = { concurrent: false }
const failed = { status: 8 }
const provider = "app/Providers/AppServiceProvider.php"

/** What the web shows as the app's name. */
async function shownName(chain: Chain): Promise<string> {
  return /<title>(.*)<\/title>/.exec(await (await visit(chain, "/")).text())?.[1] ?? ""
}

function deploy(chain: Chain, ...args: readonly string[]): Promise<Run> {
  return chain.envseal(["deploy", "production", "--poll", "1s", ...args])
}

/** Deploys what cannot work: what ran is back, and serves. @returns what the deploy said. */
async function deployInVain(chain: Chain, image: string): Promise<string> {
  const before = await shownName(chain)
  const images = await imagesOf(chain)
  const run = await deploy(chain, "--image", image)
  const said = `${run.stdout}${run.stderr}`
  expect(run, said).toMatchObject(failed)
  expect(await imagesOf(chain)).toEqual(images)
  expect(await shownName(chain)).toBe(before)
  return said
}

/** Waits until `kubectl describe` says it of a pod. */
function described({ kubectl }: Chain, what: RegExp): Promise<void> {
  const describe = ["describe", "pods", "--namespace", namespace]
  // One of them may go meanwhile.
  return until("kubectl to describe it", async () => what.test(await kubectl(describe).catch(() => "")))
}

/** The images of the app that run. */
async function imagesOf(chain: Chain): Promise<readonly string[]> {
  const pods = [...(await podsOf(chain, "web")), ...(await podsOf(chain, "worker"))]
  return [...new Set(pods.map(({ spec }) => spec.containers[0]?.image ?? ""))]
}

/** What a worker's pod runs first. The migration before it still runs. */
const eats = `<?php
if (str_starts_with(gethostname(), 'shop-worker')) {
    ini_set('memory_limit', -1);
    str_repeat('x', 900 << 20);
}
`

/** A service provider of Laravel that does this when the app starts. */
function providerThat(does: string): string {
  return `<?php

namespace App\\Providers;

use Illuminate\\Support\\ServiceProvider;

class AppServiceProvider extends ServiceProvider
{
    public function boot(): void
    {
        ${does}
    }
}
`
}

/** A secret that changes. */
export function rotationTests(chain: () => Chain): void {
  test("A secret that is changed comes with the next deploy, and goes back with it.", async () => {
    const { aws, secret } = chain()
    const string = JSON.stringify({ ...secret, APP_NAME: "Renamed" })
    const versions = [{ id: versionId(2), stages: ["AWSCURRENT"], string }]
    const before = await shownName(chain())
    await aws.setWorld(withSecret(await aws.world(), secretName, { versions }))
    expect(await chain().envseal(["status", "production"])).toMatchObject({ status: 3 })
    const deployed = await deploy(chain())
    expect(deployed, `${deployed.stdout}${deployed.stderr}`).toMatchObject({ status: 0 })
    expect(await shownName(chain())).toBe("Renamed")
    const back = await chain().envseal(["rollback", "production", "--yes"])
    expect(back, `${back.stdout}${back.stderr}`).toMatchObject({ status: 0 })
    expect(await shownName(chain())).toBe(before)
  })
}

/** What goes wrong on a Tuesday. */
export function troubleTests(chain: () => Chain): void {
  test("A stranger in the cluster reaches the web server, and not php-fpm behind it.", inTurn, async () => {
    const [pod] = (await podsOf(chain(), "web")).filter(isReady)
    const image = pod?.spec.containers[0]?.image ?? ""
    const code = `foreach ([8080, 9000] as $port) echo $port, @fsockopen('${pod?.status.podIP}', $port) ? ' open' : ' closed', ' ';`
    const withoutToken = JSON.stringify({ spec: { automountServiceAccountToken: false } })
    const init = ["--restart=Never", "--overrides", withoutToken, "--image", image]
    const command = [...init, "--command", "--", "php", "-n", "-r", code]
    await chain().kubectl(["run", "stranger", ...command])
    await chain().kubectl([
      ...["wait", "pod/stranger", "--for=jsonpath={.status.phase}=Succeeded", `--timeout=${hangMs}ms`],
    ])
    expect((await chain().kubectl(["logs", "stranger"])).trim()).toBe("8080 open 9000 closed")
  })

  test(
    "An image that is sealed for another environment is not opened, and kubectl describes why.",
    inTurn,
    async () => {
      const out = join(chain().source, ".env.sealed")
      const args = ["--from", "-", "--recipient", recipient, "--context", "app=shop,environment=staging"]
      const sealed = await chain().envseal(["seal", ...args, "--out", out], '{"APP_NAME":"Staging"}')
      expect(sealed).toMatchObject({ status: 0 })
      const image = await derivedImage(chain(), "staging", { ".env.sealed": readFileSync(out) })
      const [said] = await Promise.all([deployInVain(chain(), image), described(chain(), /CONTEXT_MISMATCH/)])
      expect(said).toMatch(/CONTEXT_MISMATCH/)
    },
  )

  test(
    "A release that breaks when it starts changes nothing: the migration is the first to say so.",
    inTurn,
    async () => {
      const files = { [provider]: providerThat("throw new \\RuntimeException('out of ideas');") }
      expect(await deployInVain(chain(), await derivedImage(chain(), "broken", files))).toMatch(
        /out of ideas/,
      )
    },
  )

  test("A worker that takes more memory than its limit never takes over.", inTurn, async () => {
    const artisan = readFileSync(join(chain().source, "artisan"), "utf8").replace("<?php\n", eats)
    const image = await derivedImage(chain(), "greedy", { artisan })
    expect(await deployInVain(chain(), image)).toMatch(
      /OOMKilled \(exit status 137\): it took more memory than its limit of \w+/,
    )
  })
}

/** A pod's role that is denied. No pod may be started for anything else meanwhile. */
export function deniedTests(chain: () => Chain): void {
  test("A role that the key's policy does not name any more opens nothing, and the deploy tells that.", async () => {
    const { aws } = chain()
    const world = await aws.world()
    const image = await derivedImage(chain(), "denied", { "denied.txt": "" })
    await aws.setWorld({ keys: world.keys.map(withoutOpener) })
    await aws.clearRequests()
    try {
      const [said] = await Promise.all([deployInVain(chain(), image), described(chain(), /ACCESS_DENIED/)])
      expect(said).toMatch(/ACCESS_DENIED/)
    } finally {
      await aws.setWorld({ keys: world.keys })
    }
    const asked = (await aws.requests()).filter(({ principal }) => principal === roleArn(podRole))
    expect(new Set(asked.map(({ operation, outcome }) => `${operation} ${outcome}`))).toEqual(
      new Set(["GetCredentials ok", "Decrypt AccessDeniedException"]),
    )
  })
}

/** The key, whose policy lets nobody decrypt. */
function withoutOpener(key: Key): Key {
  const statements = [key.policy.Statement].flat()
  const left = statements.filter(({ Sid }) => Sid !== "Open")
  expect(left.length).toBe(statements.length - 1)
  return { ...key, policy: { ...key.policy, Statement: left } }
}
