import type { DeployFailure } from "../../../src/deploy/core/plan.ts"
import type { Progress } from "../../../src/deploy/core/progress.ts"
import type { Release } from "../../../src/deploy/core/release.ts"
import type { Trouble } from "../../../src/deploy/core/verdict.ts"

export type ProgressOf<T extends Progress["type"]> = Extract<Progress, { type: T }>

export const counts = { total: 5, updated: 4, ready: 3, old: 1 }

export function failureOf(text: string, code: DeployFailure["code"] = "ROLLOUT_FAILED"): DeployFailure {
  return { code, message: text, hint: text, problems: [] }
}

export function troubleOf(text: string): Trouble {
  return {
    reason: text,
    message: text,
    pod: text,
    podUid: "u",
    container: text,
    exitCode: 5,
    restarts: 2,
    pods: 2,
  }
}

function releaseOf(text: string): Release {
  const facts = {
    build: text,
    commit: text,
    secretVersion: text,
    sealedAt: text,
    run: text,
    at: text,
    by: text,
  }
  return { images: { app: text }, ...facts, proven: true }
}

/** One progress event of each type, with this text wherever it has one from outside. */
export function newsWith(text: string): { readonly [T in Progress["type"]]: ProgressOf<T> } {
  const failure = failureOf(text)
  const trouble = troubleOf(text)
  const clues = { workload: text, log: [text, "last line"], events: [text] }
  const images = { app: text }
  return {
    checked: { type: "checked", workloads: [{ workload: text, images }] },
    locked: { type: "locked" },
    "way-back": {
      type: "way-back",
      steps: [{ workload: text, from: releaseOf(text), to: releaseOf(text), live: images, images }],
    },
    "build-started": { type: "build-started", build: text, number: 42, source: text, url: text },
    "build-phase": { type: "build-phase", phase: text, status: "FAILED", seconds: 65 },
    "build-retried": { type: "build-retried", build: text, by: text },
    "build-silent": { type: "build-silent", why: text },
    "build-ended": { type: "build-ended", build: text, status: text, seconds: 65 },
    image: { type: "image", image: text, commit: text, secretVersion: text, sealedAt: text },
    resealed: { type: "resealed", from: text },
    "hook-started": { type: "hook-started", hook: text },
    "hook-ended": { type: "hook-ended", hook: text },
    patched: { type: "patched", workload: text, changed: true },
    rollout: { type: "rollout", workload: text, state: "progressing", counts, waitsFor: text, trouble },
    "contact-lost": { type: "contact-lost", why: text },
    "contact-found": { type: "contact-found" },
    "lock-lost": { type: "lock-lost", holder: text },
    doomed: { type: "doomed", failure, trouble, clues },
    "going-back": { type: "going-back", workloads: [text] },
    restored: { type: "restored", workload: text },
    "not-restored": { type: "not-restored", workload: text, failure },
    "pod-replaced": { type: "pod-replaced", workload: text, pod: text },
    "job-deleted": { type: "job-deleted", workload: text, job: text },
    "stopping-soon": { type: "stopping-soon", build: text, seconds: 3 },
    "build-stopped": { type: "build-stopped", build: text, failure },
    "lock-left": { type: "lock-left", why: text },
    ended: {
      type: "ended",
      ending: { type: "failed", failure, trouble, clues },
      standing: "mixed",
      workloads: [{ workload: text, images, state: "unknown", counts, note: text }],
      job: text,
      from: releaseOf(text),
      to: { ...releaseOf(text), images: { app: `${text}2` } },
      spent: [{ part: "build", ms: 65_000 }],
    },
  }
}
