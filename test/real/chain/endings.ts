import { setTimeout as sleep } from "node:timers/promises"
import { expect, test } from "vitest"
import { until } from "../docker/process.ts"
import { type Chain, namespace } from "./stage.ts"
import { isReady, podsOf, visit } from "./visitor.ts"

const limitMs = 180_000
/** Longer than both preStop hooks of web.yaml, so that what answers has been asked to end meanwhile. */
const slowSeconds = 12
const beginMs = 1_500

/** Asks every pod of the web for an answer that takes long. */
async function askSlowly(chain: Chain): Promise<{ readonly answers: Promise<readonly string[]> }> {
  const pods = (await podsOf(chain, "web")).filter(isReady)
  const urls = pods.map(({ status }) => `http://${status.podIP}:8080/slow/${slowSeconds}`)
  const answers = urls.map(async (url) => {
    const answer = await fetch(url, { signal: AbortSignal.timeout(limitMs) })
    return `${answer.status} ${await answer.text()}`
  })
  await sleep(beginMs)
  return { answers: Promise.all(answers) }
}

const answered = `200 answered after ${slowSeconds} s`

/** How pods end. */
export function endingTests(chain: () => Chain): void {
  test("A pod that is deleted while it answers has answered.", async () => {
    const { answers } = await askSlowly(chain())
    const names = (await podsOf(chain(), "web")).map(({ metadata }) => metadata.name)
    await chain().kubectl(["delete", "pods", "--namespace", namespace, "--wait=false", ...names])
    expect(await answers).toEqual(names.map(() => answered))
    await chain().rolledOut()
  })

  test("A node that is drained cuts off no request and no job, and works again.", async () => {
    const { answers } = await askSlowly(chain())
    await visit(chain(), `/notes/add/in-a-drain/${slowSeconds}`)
    await until("the worker to begin", limitMs, async () => {
      const reserved = "select count(*) from jobs where reserved_at is not null"
      return (await chain().database.ask(reserved)) === "1"
    })
    await chain().kubectl(["drain", "node-1", "--delete-emptydir-data", "--force", "--timeout=90s"])
    expect((await answers).every((one) => one === answered)).toBe(true)
    expect(await chain().database.ask("select count(*) from notes where text = 'in-a-drain'")).toBe("1")
    expect(await chain().database.ask("select count(*) from failed_jobs")).toBe("0")
    await chain().kubectl(["uncordon", "node-1"])
    await chain().rolledOut()
  })

  test("A stranger in the cluster reaches the web server, and not php-fpm behind it.", async () => {
    const [pod] = (await podsOf(chain(), "web")).filter(isReady)
    const image = pod?.spec.containers[0]?.image ?? ""
    const code = `foreach ([8080, 9000] as $port) echo $port, @fsockopen('${pod?.status.podIP}', $port) ? ' open' : ' closed', ' ';`
    const withoutToken = JSON.stringify({ spec: { automountServiceAccountToken: false } })
    const init = ["--restart=Never", "--overrides", withoutToken, "--image", image]
    const command = [...init, "--command", "--", "php", "-n", "-r", code]
    await chain().kubectl(["run", "stranger", ...command])
    await chain().kubectl([
      ...["wait", "pod/stranger", "--for=jsonpath={.status.phase}=Succeeded", "--timeout=60s"],
    ])
    expect((await chain().kubectl(["logs", "stranger"])).trim()).toBe("8080 open 9000 closed")
  })
}
