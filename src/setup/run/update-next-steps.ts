import type { Config } from "../../config/load.ts"
import { workloadText } from "../../core/workload.ts"
import type { NextStep } from "../core/file.ts"
import { staticContainer, workloadsFor } from "../core/manifests.ts"
import type { Updated } from "../core/renewal.ts"
import { commitStep, declareStep } from "./environment-next-steps.ts"

/**
 * What is left to do after an update, in this order: the new manifests go with the old image too, and the old ones not
 * with the new image, whose php-fpm answers its own pod alone.
 */
export function updateNextSteps(config: Config, updated: readonly Updated[]): readonly NextStep[] {
  const changed = updated.filter(({ outcome }) => writes.includes(outcome))
  const left = updated.filter(({ standing, outcome }) => standing === "edited" && outcome === "kept")
  const environments = [...config.environments.keys()]
  const applied = environments.filter((name) =>
    changed.some(({ path }) => path.startsWith(`kubernetes/${name}/`)),
  )
  return [
    ...(left.length === 0 ? [] : [leftStep(left)]),
    ...declared(config, changed),
    ...environments.slice(0, changed.length > 0 ? undefined : 0).map((name) => ({
      what: `see what ${name} still has of an older version`,
      commands: [`envseal doctor --offline ${name}`],
    })),
    ...(changed.length === 0 ? [] : [commitStep(changed.map(({ path }) => path))]),
    ...applied.map((name) => ({
      what: `apply the manifests of ${name}, with the images that run, before the new image is deployed`,
      commands: [
        `envseal manifests ${name} | kubectl apply -f -`,
        `kubectl apply set-last-applied -f kubernetes/${name}`,
      ],
    })),
    ...(changed.length === 0
      ? []
      : [{ what: "deploy", commands: environments.map((name) => `envseal deploy ${name}`) }]),
  ]
}

const writes: readonly Updated["outcome"][] = ["written", "updated", "merged", "replaced"]

function leftStep(left: readonly Updated[]): NextStep {
  const paths = left.map(({ path }) => path).join(", ")
  return {
    what: `decide on what was changed and is left as it is: ${paths}. On a terminal, each is shown and asked for`,
    commands: ["envseal init --update"],
  }
}

/** Settings that were written when no container of the manifests opened nothing. */
function declared(config: Config, changed: readonly Updated[]): readonly NextStep[] {
  const lacking = [...config.environments.values()].filter((settings) => {
    const web = settings.workloads.find((one) => workloadText(one) === workloadsFor(settings).web)
    const isNew = changed.some(({ path }) => path === `kubernetes/${settings.name}/web.yaml`)
    return isNew && web !== undefined && web.containers === null && !web.withoutOpen.includes(staticContainer)
  })
  const [first] = lacking
  if (first === undefined) return []
  return declareStep({ undeclared: workloadsFor(first).web, settingsFile: "envseal.yaml" })
}
