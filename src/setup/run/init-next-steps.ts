import { shellWord } from "../../core/shell.ts"
import { nameList } from "../../core/text.ts"
import { nameWarning } from "../../dotenv/name-warning.ts"
import type { InitAnswers } from "../core/answers.ts"
import { carrierCommands } from "../core/carrier-commands.ts"
import type { NextStep } from "../core/file.ts"
import { gitattributesWith, gitignoreWith } from "../core/git-files.ts"
import type { Site } from "../core/site.ts"
import { commitStep, environmentSteps, firstImageSteps } from "./environment-next-steps.ts"
import type { Placed } from "./place-files.ts"
import { placeFault } from "./place-warning.ts"
import type { FoundRepository } from "./repository-look.ts"

/** What is left to do before the first deploy, in this order. */
export function initNextSteps(
  answers: InitAnswers,
  sites: readonly Site[],
  around: FoundRepository,
  placed: readonly Placed[],
): readonly NextStep[] {
  return [
    ...brokenStep(around),
    ...placeStep(around),
    ...publicStep(around),
    ...outsideStep(around),
    ...lockStep(around),
    ...recipeStep(around),
    ...workloadStep(around),
    ...placed.flatMap((one) => addStep(one, around) ?? mergeStep(one)),
    ...binaryStep(answers, around),
    ...buildspecStep(around),
    ...healthStep(around),
    ...exampleStep(around),
    ...assetStep(around),
    ...sites.flatMap((site) =>
      environmentSteps({ site, placed, secret: null, settingsFile: "envseal.yaml" }),
    ),
    commitStep(placed.map(({ path }) => path)),
    ...sites.flatMap((site) => firstImageSteps({ site, placed, settingsFile: "envseal.yaml" })),
    ...sites.map(({ environment }) => ({
      what: `check the files for ${environment}, which asks nobody, then every link`,
      commands: [`envseal doctor --offline ${environment}`, `envseal doctor ${environment}`],
    })),
    { what: "deploy", commands: sites.map(({ environment }) => `envseal deploy ${environment}`) },
  ]
}

/** What cannot be read was not taken into account. */
function brokenStep({ broken }: FoundRepository): NextStep[] {
  if (broken.length === 0) return []
  const what = `mend ${broken.join(" and ")}, which ${broken.length === 1 ? "is" : "are"} no JSON that can be read, and run it again: nothing of it was taken into account`
  return [{ what, commands: [] }]
}

function placeStep(found: FoundRepository): NextStep[] {
  const fault = placeFault(found)
  if (fault === null) return []
  const [below] = found.around.apps
  if (below !== undefined) {
    const what = `${fault}: take back what was written, and run it there; the CodeBuild project then names ${below}/buildspec.yaml, whose commands begin with cd ${below}`
    return [{ what, commands: [`cd ${shellWord(below)} && envseal init`] }]
  }
  return [{ what: `see that this is the top of the app's repository: ${fault}`, commands: [] }]
}

function publicStep({ composer, around: { hasPublic } }: FoundRepository): NextStep[] {
  if (hasPublic || composer?.laravel == null) return []
  const what = "there is no folder public: nginx has no files of it, and php-fpm no public/index.php to run"
  return [{ what, commands: [] }]
}

/** Docker gets what is below the top alone. */
function outsideStep({ composer }: FoundRepository): NextStep[] {
  const outside = composer?.outside ?? []
  if (outside.length === 0) return []
  const what = `composer.json takes packages from ${nameList(outside)}, which no build of this folder has: bring them into the repository, or have them in a registry`
  return [{ what, commands: [] }]
}

function lockStep({ app: { assets }, around: { lockFiles } }: FoundRepository): NextStep[] {
  const others = lockFiles.filter((name) => name !== assets?.lockFile)
  if (assets === null || others.length === 0) return []
  const what =
    assets.lockFile === null
      ? `assets are built by ${assets.manager}, as package.json says, and its lock file is not there: only ${others.join(" and ")}`
      : `assets are built by ${assets.manager}, by ${assets.lockFile}: ${others.join(" and ")} ${others.length === 1 ? "does" : "do"} not count`
  return [{ what, commands: [] }]
}

/** An allow-list for every build from this folder would break the others. */
function recipeStep({ around: { dockerfiles } }: FoundRepository): NextStep[] {
  if (dockerfiles.length === 0) return []
  const what = `see which recipe the build is to take: besides Dockerfile there is ${dockerfiles.join(", ")}. Dockerfile.dockerignore counts for Dockerfile alone`
  return [{ what, commands: [] }]
}

function workloadStep({ around: { workloads } }: FoundRepository): NextStep[] {
  if (workloads.length === 0) return []
  const paths = [...new Set(workloads.map(({ path }) => path))]
  const what = `say in the pod templates of ${paths.join(", ")} what may be opened, with memory at /run/envseal: envseal doctor --offline shows each line, and kubernetes/web.yaml of docker/ of envseal has all of them`
  return [{ what, commands: [] }]
}

const letIn = "boot.sh, php-fpm.conf, php.ini and .env.sealed must come in, and .env must not"

/** What must come from a file that was written beside, for the rest to work. */
const parts: Readonly<Record<string, string>> = {
  Dockerfile:
    "the stage envseal, the lines from `COPY --from=envseal` to STOPSIGNAL, ENTRYPOINT and the last COPY",
  ".dockerignore": letIn,
  "Dockerfile.dockerignore": letIn,
  "buildspec.yaml": "`envseal seal` before the image is built, and `envseal scan` before it is pushed",
}

/** @returns `null` for a file that takes more than lines at its end. */
function addStep({ path, outcome }: Placed, around: FoundRepository): NextStep[] | null {
  const lines = addedLines(path, around)
  if (outcome !== "kept" || lines === null) return null
  const words = ["printf", "%s\\n", ...lines].map(shellWord).join(" ")
  return [{ what: `add to ${path} what it lacks`, commands: [`${words} >> ${path}`] }]
}

function addedLines(path: string, { gitignore, gitattributes }: FoundRepository): readonly string[] | null {
  if (path === ".gitignore") return linesAfter(gitignore ?? "", gitignoreWith(gitignore))
  if (path === ".gitattributes") return linesAfter(gitattributes ?? "", gitattributesWith(gitattributes))
  return null
}

/** @param text begins with what was there before. */
function linesAfter(before: string, text: string): readonly string[] {
  return text.slice(before.length).split(/\r?\n/).slice(0, -1)
}

function mergeStep({ path, outcome, beside }: Placed): NextStep[] {
  if (outcome !== "beside" && outcome !== "kept") return []
  const what = parts[path] === undefined ? "" : `: ${parts[path]}`
  if (beside === null) return [{ what: `see that ${path} has what envseal needs${what}`, commands: [] }]
  return [
    { what: `put into ${path} what it needs of ${beside}${what}`, commands: [`diff -uN ${path} ${beside}`] },
  ]
}

function binaryStep(
  { binaryImage, repository, region }: InitAnswers,
  { clone }: FoundRepository,
): NextStep[] {
  if (binaryImage !== null) return []
  const where = clone === null ? "with a clone of envseal in ../envseal" : "from the clone that this is"
  const what = `push the image that carries envseal, once for each release, into its own repository, ${where}; the last line puts its digest into buildspec.yaml`
  return [{ what, commands: carrierCommands({ repository, region, clone: clone ?? "../envseal" }) }]
}

function buildspecStep({ hasOwnBuildspec }: FoundRepository): NextStep[] {
  if (!hasOwnBuildspec) return []
  return [
    {
      what: "buildspec.yml is there too and stays: the CodeBuild project has to name buildspec.yaml, or merge them",
      commands: ["diff -u buildspec.yml buildspec.yaml"],
    },
  ]
}

function healthStep({ composer }: FoundRepository): NextStep[] {
  const major = Number(/\d+/.exec(composer?.laravel ?? "")?.[0] ?? 11)
  if (major >= 11) return []
  const what = `Laravel ${major} has no route /up: make a route for it, or give --health-path for one that answers 200`
  return [{ what, commands: [] }]
}

/** Laravel's own example asks for static keys of AWS, and the pods have a role. */
function exampleStep({ exampleNames }: FoundRepository): NextStep[] {
  const names = (exampleNames ?? []).filter((name) => nameWarning(name) !== null)
  const [first] = names
  if (first === undefined) return []
  const what = `unless the app needs it, take out of .env.example what ${nameWarning(first)}: ${nameList(names)}`
  return [{ what, commands: [] }]
}

/** The example's are what a developer has. */
function assetStep({ app: { publicNames } }: FoundRepository): NextStep[] {
  if (publicNames.length === 0) return []
  const what = `write into envseal.yaml, under build.variables, what the asset build takes for ${nameList(publicNames)}; of an environment that has its own, into its entry`
  return [{ what, commands: [] }]
}
