import { readFileSync, writeFileSync } from "node:fs"
import { expect, test } from "vitest"
import { successPlay } from "../../fake/aws/deploy-world.ts"
import { deployment } from "../../fake/kubernetes/client.ts"
import { FakeSocks } from "../../fake/socks.ts"
import { deploy, newImage, oldImage, type Stage, startStage } from "./stage.ts"

/** Changes the only cluster of the stage's kubeconfig. */
function changeCluster({ env }: Stage, part: object): void {
  const path = env["KUBECONFIG"] ?? ""
  const config = JSON.parse(readFileSync(path, "utf8"))
  Object.assign(config.clusters[0].cluster, part)
  writeFileSync(path, JSON.stringify(config))
}

test.each([
  ["proxy-url of the kubeconfig, and AWS by ALL_PROXY", (url: string) => ({ "proxy-url": url })],
  ["ALL_PROXY, as AWS is", () => ({})],
])("envseal deploy reaches a cluster that only a SOCKS proxy finds, by %s", async (_, cluster) => {
  await using socks = await FakeSocks.start()
  await using stage = await startStage({ builds: [successPlay()] })
  await stage.cluster.deploy(deployment("web", { image: oldImage }))
  const url = `socks5://127.0.0.1:${socks.port}`
  const server = `https://cluster.invalid:${new URL(stage.cluster.url).port}`
  changeCluster(stage, { server, "tls-server-name": "localhost", ...cluster(url) })
  const run = await deploy({ ...stage, env: { ...stage.env, ALL_PROXY: url } })
  expect([run.status, run.stderr]).toEqual([0, ""])
  expect(await stage.cluster.podImages("web")).toEqual([newImage])
  expect(new Set(socks.asked)).toEqual(new Set([new URL(server).host, new URL(stage.aws.url).host]))
})
