import type { Config } from "../../config/load.ts"
import { settingsFileName } from "../../config/settings-file.ts"
import { workloadText } from "../../core/workload.ts"
import type { NextStep } from "../core/file.ts"
import type { FirstSite } from "../core/first-version.ts"
import { staticContainer, workloadsFor } from "../core/manifests.ts"
import type { Updated } from "../core/renewal.ts"
import { applyCommands, commitStep, declareStep, turnCommands } from "./environment-next-steps.ts"

/**
 * What is left to do after an update, in this order: the new manifests go with the old image too, and the old ones not
 * with the new image, whose php-fpm answers its own pod alone.
 */
export function updateNextSteps(
  config: Config,
  sites: readonly FirstSite[],
  updated: readonly Updated[],
): readonly NextStep[] {
  const changed = updated.filter(({ outcome }) => writes.includes(outcome))
  const left = updated.filter(({ standing, outcome }) => standing === "edited" && outcome === "kept")
  return [
    ...(left.length === 0 ? [] : [leftStep(left)]),
    ...(changed.length === 0 ? [] : changedSteps(config, sites, changed)),
  ]
}

function changedSteps(
  config: Config,
  sites: readonly FirstSite[],
  changed: readonly Updated[],
): readonly NextStep[] {
  const environments = [...config.environments.keys()]
  const applied = sites.filter(({ site }) =>
    changed.some(({ path }) => path.startsWith(`kubernetes/${site.environment}/`)),
  )
  return [
    ...declared(config, changed),
    ...environments.map((name) => ({
      what: `see what ${name} still has of an older version`,
      commands: [`envseal doctor --offline ${name}`],
    })),
    commitStep(changed.map(({ path }) => path)),
    ...applied.map(({ site }) => ({
      what: `apply the manifests of ${site.environment}, with the images that run, before the new image is deployed`,
      commands: [...turnCommands(site), ...applyCommands(site, settingsFileName)],
    })),
    { what: "deploy", commands: environments.map((name) => `envseal deploy ${name}`) },
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
  return declareStep({ undeclared: workloadsFor(first).web, settingsFile: settingsFileName })
}
