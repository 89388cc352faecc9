import { duration, record, section, text } from "./leaf.ts"

const build = {
  project: text(
    "Name of the CodeBuild project.",
    "write the name of the CodeBuild project, such as shop",
    /^[A-Za-z0-9][A-Za-z0-9_-]{1,254}$/,
  ),
  source: text(
    "Branch, tag or commit to build. By default what the project says.",
    "write a branch, tag or commit, such as main",
    /^[^\s~^:?*\\[-][^\s~^:?*\\[]{0,254}$/,
  ).optional(),
  repository: text(
    "Where branches and tags are looked up. By default the origin of the working directory.",
    "write the repository's URL without a password, such as https://git.example.com/shop.git",
    /^(?:(?:https?|file):\/\/[^\s@]+|ssh:\/\/[^\s:@]+(?:@[^\s@]+)?|[\w.-]+@[\w.-]+:[^\s]+)$/,
  ).optional(),
  variables: record(
    { name: /^(?!CODEBUILD_)[A-Za-z_][A-Za-z0-9_]{0,127}$/, value: /^[^\0]{0,4096}$/ },
    "Plain variables of the build, not secret.",
    "write names and texts, such as { APP_REGION: eu-west-1 }; numbers need quotes, and CODEBUILD_ is taken",
  ).optional(),
  timeout: duration("How long envseal follows the build. By default 1h.", "45m").optional(),
}

const placeholder = String.raw`\{(?:build|commit(?::(?:[4-9]|[123]\d|40))?|number|environment)\}`

const image = {
  repository: text(
    "The image's repository, without tag and digest.",
    "write the repository as images name it, without tag, such as 111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop",
    /^[a-z0-9][a-z0-9.-]{0,253}(?::\d{1,5})?(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*){1,16}$/,
  ),
  variable: text(
    "Exported variable of the build that has the image. By default ENVSEAL_IMAGE.",
    "write the name of an exported variable, such as ENVSEAL_IMAGE",
    /^[A-Za-z_][A-Za-z0-9_]{0,127}$/,
  ).optional(),
  tag: text(
    "The image's tag, when that variable is not exported, with {build}, {commit}, {commit:7}, {number} or {environment} in it.",
    "write a tag, such as build-{build}; {commit}, {commit:7} for its first 7 characters, {number} and {environment} are known too",
    new RegExp(`^(?:\\w|${placeholder})(?:[\\w.-]|${placeholder}){0,127}$`),
  ).optional(),
}

const buildWords = [
  "The CodeBuild project, and what it builds.",
  "write at least project, with the name of the CodeBuild project",
] as const
const imageWords = [
  "Where the built image is.",
  "write at least repository, with the image's repository",
] as const

export const buildSection = section(build, ...buildWords)
export const imageSection = section(image, ...imageWords)

/** The same where `defaults` and an environment have a part each. */
export const partOfBuild = section(build, ...buildWords)
  .partial()
  .meta({ description: buildWords[0] })
export const partOfImage = section(image, ...imageWords)
  .partial()
  .meta({ description: imageWords[0] })
