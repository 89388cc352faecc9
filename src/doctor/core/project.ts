import type { EnvironmentSettings } from "../../config/settings.ts"
import type { BuildProject } from "../../core/build.ts"
import { printable } from "../../core/text.ts"
import type { AtHand } from "./at-hand.ts"
import { judgeCarrier } from "./carrier.ts"
import { after, type Fact, isDeniedFact, unknown } from "./fact.ts"
import { type Finding, type LinkSubject, no, of, ok, unchecked } from "./finding.ts"
import { grantDeployer } from "./policy-remedy.ts"
import { judgeProjectBuild } from "./project-build.ts"
import { changePart } from "./project-change.ts"
import { aws, type Remedy } from "./remedy.ts"

/** Whether the CodeBuild project is there, and is set up to build the app. */
export function judgeProject(
  settings: EnvironmentSettings,
  project: Fact<BuildProject | null>,
  caller: string | null,
  atHand: AtHand,
): readonly Finding[] {
  const name = settings.build?.project ?? ""
  const subjects = projectSubjects(name)
  const exists = judgeExistence(settings, name, project, caller, atHand)
  const found = project.known ? project.value : null
  return [
    exists,
    ...after(exists, subjects.slice(1), () =>
      found === null ? [] : judgeParts(settings, found, subjects, atHand),
    ),
    ...(exists.answer === "ok" && found !== null ? judgeProjectBuild(settings, found, atHand) : []),
  ]
}

export function projectSubjects(name: string): readonly LinkSubject[] {
  const links = [
    "project",
    "project.role",
    "project.source",
    "project.privileged",
    "project.batch",
    "project.image",
    "project.carrier",
  ] as const
  return links.map((link) => of(link, name))
}

function judgeExistence(
  settings: EnvironmentSettings,
  name: string,
  project: Fact<BuildProject | null>,
  caller: string | null,
  atHand: AtHand,
): Finding {
  const subject = of("project", name)
  if (isDeniedFact(project)) {
    return no(subject, "codebuild:BatchGetProjects is not allowed to you", grantDeployer(settings, caller))
  }
  if (!project.known) return unknown(subject, project, "codebuild:BatchGetProjects")
  if (project.value !== null) return ok(subject, project.value.arn)
  return no(subject, "does not exist in this account and Region", createProject(settings, name, atHand))
}

function createProject(settings: EnvironmentSettings, name: string, { origin, file }: AtHand): Remedy {
  // Without its path, CodeBuild takes buildspec.yml.
  const buildspec = file === undefined || file.endsWith(".yml") ? "" : `,buildspec=${file}`
  const url = settings.build?.repository ?? origin
  const location = url === null ? "URL" : httpsUrl(url)
  return aws(
    settings,
    ...["codebuild", "create-project", "--name", name],
    ...["--source", `type=${sourceTypeOf(location) ?? "GITHUB"},location=${location}${buildspec}`],
    ...["--artifacts", "type=NO_ARTIFACTS"],
    "--environment",
    "type=LINUX_CONTAINER,computeType=BUILD_GENERAL1_SMALL,image=aws/codebuild/standard:8.0,privilegedMode=true",
    ...["--service-role", settings.roles.build ?? "ROLE"],
  )
}

function judgeParts(
  settings: EnvironmentSettings,
  project: BuildProject,
  [, role, source, privileged, batch, image, carrier]: readonly LinkSubject[],
  atHand: AtHand,
): readonly Finding[] {
  return [
    role === undefined ? null : judgeServiceRole(settings, project, role),
    source === undefined ? null : judgeSource(settings, project, source, atHand),
    privileged === undefined ? null : judgePrivileged(settings, project, privileged),
    batch === undefined ? null : judgeBatch(settings, project, batch),
    image === undefined ? null : judgeImage(project, image, atHand),
    carrier === undefined ? null : judgeCarrier(settings, project, carrier, atHand),
  ].filter((finding) => finding !== null)
}

function judgeServiceRole(
  settings: EnvironmentSettings,
  project: BuildProject,
  subject: LinkSubject,
): Finding {
  const wanted = settings.roles.build
  const { serviceRole } = project
  if (wanted === null) return unchecked(subject, "roles.build is not in envseal.yaml")
  if (serviceRole === wanted) return ok(subject, wanted)
  return no(
    subject,
    `is ${serviceRole ?? "missing"}, and roles.build is ${wanted}`,
    aws(settings, "codebuild", "update-project", "--name", project.name, "--service-role", wanted),
  )
}

function judgeSource(
  settings: EnvironmentSettings,
  project: BuildProject,
  subject: LinkSubject,
  { origin }: AtHand,
): Finding {
  const { sourceType, sourceLocation } = project
  const wanted = settings.build?.repository ?? origin
  if (wanted === null) {
    return unchecked(subject, "build.repository is not in envseal.yaml, and this folder has no origin")
  }
  const shown = printable(sourceLocation ?? "no repository")
  if (sourceLocation !== null && sourceType !== "CODEPIPELINE" && isSameRepository(sourceLocation, wanted)) {
    return ok(subject, `${shown} (${sourceType})`)
  }
  const text = `is ${shown} (${sourceType}), and the app's repository is ${printable(httpsUrl(wanted))}`
  return no(subject, text, setSource(settings, project, httpsUrl(wanted)))
}

function setSource(settings: EnvironmentSettings, project: BuildProject, url: string): Remedy {
  const type = sourceTypeOf(url) ?? project.sourceType
  return changePart(settings, project, "source", { type, location: url })
}

function judgePrivileged(
  settings: EnvironmentSettings,
  project: BuildProject,
  subject: LinkSubject,
): Finding {
  if (project.privileged) return ok(subject, "on")
  return no(
    subject,
    "off: docker build needs it",
    changePart(settings, project, "environment", { privilegedMode: true }),
  )
}

function judgeBatch(settings: EnvironmentSettings, project: BuildProject, subject: LinkSubject): Finding {
  if (!project.batch) return ok(subject, "none")
  return no(
    subject,
    "the project builds batches, which envseal does not follow",
    aws(settings, "codebuild", "update-project", "--name", project.name, "--build-batch-config", "{}"),
  )
}

/** Images of CodeBuild whose Node, when the buildspec names none, is older than envseal runs on. */
const oldNode =
  /^aws\/codebuild\/(?:standard:7\.0|amazonlinux-x86_64-standard:5\.0|amazonlinux-aarch64-standard:3\.0)/

function judgeImage({ image }: BuildProject, subject: LinkSubject, { buildspec }: AtHand): Finding {
  const shown = printable(image ?? "not known")
  const runsOnNode = buildspec !== null && /\b(?:npx|npm|pnpm|yarn)\b.*\benvseal\b/.test(buildspec)
  const choosesNode = /^\s*nodejs\s*:/m.test(buildspec ?? "")
  if (!oldNode.test(image ?? "") || !runsOnNode || choosesNode) return ok(subject, shown)
  return ok(
    subject,
    `${shown}; its Node is 18 unless the buildspec has runtime-versions: nodejs: 22, and envseal needs 22 there`,
  )
}

/** Whether two URLs are of one repository, by whatever protocol and with or without `.git`. */
export function isSameRepository(one: string, other: string): boolean {
  return plain(one) === plain(other)
}

function plain(url: string): string {
  return httpsUrl(url)
    .replace(/^\w+:\/\//, "")
    .replace(/\/+$/, "")
    .replace(/\.git$/, "")
    .toLowerCase()
}

/** As CodeBuild takes it: `git@github.com:example/shop.git` as `https://github.com/example/shop.git`. No password. */
export function httpsUrl(url: string): string {
  const [, host, path] = /^(?:ssh:\/\/)?(?:[\w.-]+@)([\w.-]+)(?::\d+\/|:|\/)(.+)$/.exec(url) ?? []
  if (host !== undefined && path !== undefined) return `https://${host}/${path}`
  return url.replace(/^(\w+:\/\/)[^/@]*@/, "$1")
}

/** How CodeBuild calls sources of that host; `null` for a host that does not tell. */
export function sourceTypeOf(url: string): string | null {
  const host = /^https:\/\/([^/:]+)/.exec(url)?.[1]?.toLowerCase() ?? ""
  if (/^git-codecommit\./.test(host)) return "CODECOMMIT"
  return { "github.com": "GITHUB", "gitlab.com": "GITLAB", "bitbucket.org": "BITBUCKET" }[host] ?? null
}
