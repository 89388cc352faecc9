import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { withSecret } from "../../fake/aws/world.ts"
import { recipient } from "../../script/harness.ts"
import { type Run, until } from "../docker/process.ts"
import { derivedImage } from "./derived-image.ts"
import { chainSecret } from "./secret.ts"
import { type Chain, namespace } from "./stage.ts"
import { podsOf, visit } from "./visitor.ts"
import { secretName, versionId } from "./world.ts"

const failed = { status: 8 }
const limitMs = 120_000
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

function describe({ kubectl }: Chain): Promise<string> {
  return kubectl(["describe", "pods", "--namespace", namespace])
}

/** The images of the app that run. */
async function imagesOf(chain: Chain): Promise<readonly string[]> {
  const pods = [...(await podsOf(chain, "web")), ...(await podsOf(chain, "worker"))]
  return [...new Set(pods.map(({ spec }) => spec.containers[0]?.image ?? ""))]
}

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

/** The migration before it still runs. */
function inWorker(does: string): string {
  return `if (in_array('queue:work', $_SERVER['argv'] ?? [])) { ${does}; }`
}

/** What goes wrong on a Tuesday, and what does not. */
export function troubleTests(chain: () => Chain): void {
  test("A secret that is changed comes with the next deploy, and goes back with it.", async () => {
    const { aws, database } = chain()
    const string = JSON.stringify({ ...chainSecret(database.settings), APP_NAME: "Renamed" })
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

  test("An image that is sealed for another environment is not opened, and kubectl describes why.", async () => {
    const out = join(chain().source, ".env.sealed")
    const args = ["--from", "-", "--recipient", recipient, "--context", "app=shop,environment=staging"]
    const sealed = await chain().envseal(["seal", ...args, "--out", out], '{"APP_NAME":"Staging"}')
    expect(sealed).toMatchObject({ status: 0 })
    const image = await derivedImage(chain(), "staging", { ".env.sealed": readFileSync(out) })
    const [said] = await Promise.all([
      deployInVain(chain(), image),
      until("kubectl to describe it", limitMs, async () => /CONTEXT_MISMATCH/.test(await describe(chain()))),
    ])
    expect(said).toMatch(/CONTEXT_MISMATCH/)
  })

  test("A worker that breaks when it starts never takes over.", async () => {
    const files = { [provider]: providerThat(inWorker("throw new \\RuntimeException('out of ideas')")) }
    expect(await deployInVain(chain(), await derivedImage(chain(), "broken", files))).toMatch(/out of ideas/)
  })

  test("A worker that takes more memory than its limit never takes over.", async () => {
    const eats = inWorker("ini_set('memory_limit', -1); str_repeat('x', 900 << 20)")
    const image = await derivedImage(chain(), "greedy", { [provider]: providerThat(eats) })
    expect(await deployInVain(chain(), image)).toMatch(
      /OOMKilled \(exit status 137\): it took more memory than its limit of \w+/,
    )
  })
}
