/**
 * What the pods of an image do. A deploy changes nothing but the image, so the image says it: the first eight digits
 * of its digest choose the play, and a digest that is not in the table plays `ready`.
 */
export type Play =
  | "ready"
  | "slow"
  | "never-ready"
  | "held"
  | "crash-loop"
  | "crash-once"
  | "out-of-memory"
  | "init-fail"
  | "image-pull"
  | "image-name"
  | "config-missing"

const signs: Readonly<Record<Play, string>> = {
  ready: "00000000",
  slow: "51095109",
  "never-ready": "dead0000",
  held: "4e1d4e1d",
  "crash-loop": "c0a5c0a5",
  "crash-once": "c0a50001",
  "out-of-memory": "00110011",
  "init-fail": "1417fa11",
  "image-pull": "9a119a11",
  "image-name": "bad0bad0",
  "config-missing": "c0f10000",
}

export const plays = Object.keys(signs) as readonly Play[]

/** The first digits of the digests that play it. */
export function signOf(play: Play): string {
  return signs[play]
}

/** @returns `sha256:…`, another one for each `n` (0 to 2^32 - 1), so that one play can be deployed many times. */
export function digestOf(play: Play, n = 0): string {
  return `sha256:${signs[play]}${n.toString(16).padStart(56, "0")}`
}

/** A repository of ECR by a digest of the play. */
export function imageOf(play: Play, n = 0): string {
  return `111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop@${digestOf(play, n)}`
}
