import { expect, test } from "vitest"
import { successPlay } from "../../fake/aws/deploy-world.ts"
import { deployment } from "../../fake/kubernetes/client.ts"
import { beginDeploy, endOf, newImage, oldImage, startStage } from "./stage.ts"

const hook = `    hooks:
      before:
        - name: migrate
          workload: deployment/web
          command: [php, artisan, migrate]
          timeout: 24h
`

test("a deploy that is interrupted in a hook says which Job still runs", async () => {
  await using stage = await startStage({
    builds: [successPlay()],
    settings: hook,
    setup: { plays: { [newImage]: { do: "ready", startMs: 3_600_000 } } },
  })
  await stage.cluster.deploy(deployment("web", { image: oldImage }))
  const going = beginDeploy(stage)
  await going.told("hook-started")
  const jobs = () => stage.cluster.list("jobs")
  await expect.poll(jobs).toHaveLength(1)
  // It looks at the Job once it has the answer to its creation.
  const looks = async () =>
    (await stage.cluster.requests()).filter(({ verb, resource }) => verb === "get" && resource === "jobs")
  await expect.poll(looks).not.toEqual([])
  going.child.kill("SIGINT")
  const run = await going.done
  const [job] = await jobs()
  expect(run.status).toBe(130)
  expect(endOf(run)).toMatchObject({ standing: "untouched", job: job?.metadata.name })
})
