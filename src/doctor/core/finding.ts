import type { Remedy } from "./remedy.ts"

/** One link of the chain from the secret to the pod. Permanent: scripts compare them; docs/doctor.md has each. */
export type Link =
  | "settings"
  | "clock"
  | "account"
  | "role"
  | "project"
  | "project.role"
  | "project.source"
  | "project.privileged"
  | "project.batch"
  | "project.image"
  | "project.carrier"
  | "project.buildspec"
  | "project.variables"
  | "repository"
  | "repository.tags"
  | "repository.read"
  | "key"
  | "key.state"
  | "key.kind"
  | "key.account"
  | "key.pin"
  | "key.encrypt"
  | "key.decrypt"
  | "secret"
  | "secret.version"
  | "secret.names"
  | "secret.read"
  | "cluster"
  | "cluster.server"
  | "cluster.entries"
  | "cluster.agent"
  | "namespace"
  | "rights"
  | "workload"
  | "workload.containers"
  | "workload.image"
  | "workload.rollout"
  | "workload.expect"
  | "workload.pin"
  | "service-account"
  | "service-account.role"
  | "require"
  | "assets"
  | "buildspec"
  | "dockerfile"
  | "dockerignore"
  | "fpm"
  | "manifest.image"
  | "manifest.expect"
  | "manifest.pin"
  | "manifest.pod"

/** What is known of a link. Safe to print: no field here can hold a value. */
export interface Finding {
  readonly link: Link
  /** Which one, where there can be several, such as `deployment/web`; empty where there is one. */
  readonly about: string
  readonly answer: "ok" | "no" | "not checked"
  /** What was seen; why it is not checked. */
  readonly text: string
  /** Of a no, at least one; of another answer, for what is no fault and could be better. */
  readonly remedies: readonly Remedy[]
  /** The link that has to be right before this one can be checked; `null` when it waits for none. */
  readonly waitsFor: LinkSubject | null
}

/** A link, before it is judged. */
export interface LinkSubject {
  readonly link: Link
  readonly about: string
}

export function of(link: Link, about = ""): LinkSubject {
  return { link, about }
}

export function ok(subject: LinkSubject, text: string, ...remedies: readonly Remedy[]): Finding {
  return { ...subject, answer: "ok", text, remedies, waitsFor: null }
}

export function no(subject: LinkSubject, text: string, ...remedies: readonly Remedy[]): Finding {
  return { ...subject, answer: "no", text, remedies, waitsFor: null }
}

export function unchecked(subject: LinkSubject, why: string, ...remedies: readonly Remedy[]): Finding {
  return { ...subject, answer: "not checked", text: why, remedies, waitsFor: null }
}

/** That a link means nothing unless another one is right. */
export function waiting({ link, about }: LinkSubject, base: LinkSubject, why?: string): Finding {
  const text = `depends on ${titleOf(base)}${why === undefined ? "" : `: ${why}`}`
  return { ...unchecked({ link, about }, text), waitsFor: { link: base.link, about: base.about } }
}

/** What a link is called for people, such as `workload deployment/web, ENVSEAL_EXPECT`. */
export function titleOf(subject: LinkSubject): string {
  const [, part] = titles[subject.link]
  return part === undefined ? subjectOf(subject) : `${subjectOf(subject)}, ${part}`
}

/** What the link is of, such as `workload deployment/web`. */
export function subjectOf({ link, about }: LinkSubject): string {
  const [noun] = titles[link]
  return [noun, about].filter((word) => word !== "").join(" ")
}

const titles: Readonly<Record<Link, readonly [noun: string, part?: string]>> = {
  settings: ["envseal.yaml"],
  clock: ["clock"],
  account: ["account"],
  role: ["role"],
  project: ["project"],
  "project.role": ["project", "service role"],
  "project.source": ["project", "source"],
  "project.privileged": ["project", "privileged mode"],
  "project.batch": ["project", "batch builds"],
  "project.image": ["project", "image"],
  "project.carrier": ["project", "ENVSEAL_BINARY"],
  "project.buildspec": ["project", "buildspec"],
  "project.variables": ["project", "variables"],
  repository: ["repository"],
  "repository.tags": ["repository", "tags"],
  "repository.read": ["repository", "reading images"],
  key: ["key"],
  "key.state": ["key", "state"],
  "key.kind": ["key", "kind"],
  "key.account": ["key", "account"],
  "key.pin": ["key", "kmsKeys"],
  "key.encrypt": ["key", "kms:Encrypt"],
  "key.decrypt": ["key", "kms:Decrypt"],
  secret: ["secret"],
  "secret.version": ["secret", "version"],
  "secret.names": ["secret", "names"],
  "secret.read": ["secret", "reading it"],
  cluster: ["cluster"],
  "cluster.server": ["cluster", "server"],
  "cluster.entries": ["cluster", "access entries"],
  "cluster.agent": ["cluster", "agent of Pod Identity"],
  namespace: ["namespace"],
  rights: ["rights in the cluster"],
  workload: [""],
  "workload.containers": ["", "containers"],
  "workload.image": ["", "image"],
  "workload.rollout": ["", "rollout"],
  "workload.expect": ["", "ENVSEAL_EXPECT"],
  "workload.pin": ["", "ENVSEAL_KMS_KEY"],
  "service-account": ["service account"],
  "service-account.role": ["service account", "role"],
  require: ["example file"],
  assets: ["asset build"],
  buildspec: ["buildspec"],
  dockerfile: ["Dockerfile"],
  dockerignore: [".dockerignore"],
  fpm: ["php-fpm.conf"],
  "manifest.image": ["manifest", "image"],
  "manifest.expect": ["manifest", "ENVSEAL_EXPECT"],
  "manifest.pin": ["manifest", "ENVSEAL_KMS_KEY"],
  "manifest.pod": ["manifest", "pods"],
}
