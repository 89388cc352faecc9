import type { EnvironmentSettings } from "../../config/settings.ts"
import { nameList } from "../../core/text.ts"
import type { RepositoryDescription } from "../../ports/registry.ts"
import { after, type Fact, unknown } from "./fact.ts"
import { type Finding, type LinkSubject, no, of, ok, unchecked, waiting } from "./finding.ts"
import { aws, type Remedy } from "./remedy.ts"

export function repositorySubjects(name: string): readonly [LinkSubject, LinkSubject, LinkSubject] {
  return [of("repository", name), of("repository.tags", name), of("repository.read", name)]
}

/** Name of the repository at its registry, such as `shop`. */
export function repositoryName(settings: EnvironmentSettings): string {
  return settings.image?.repository.replace(/^[^/]*\//, "") ?? ""
}

/** Whether the ECR repository is there, and a tag stays on the image that it was pushed with. */
export function judgeRepository(
  settings: EnvironmentSettings,
  repository: Fact<RepositoryDescription | null>,
): readonly Finding[] {
  const name = repositoryName(settings)
  const [subject, tags] = repositorySubjects(name)
  if (!repository.known) {
    return [subject, tags].map((one) => unknown(one, repository, "ecr:DescribeRepositories"))
  }
  const place = { ...settings, region: regionOf(settings) }
  const exists =
    repository.value !== null
      ? ok(subject, settings.image?.repository ?? "")
      : no(
          subject,
          "does not exist",
          aws(
            place,
            ...["ecr", "create-repository", "--repository-name", name],
            ...["--image-tag-mutability", "IMMUTABLE"],
          ),
        )
  return [exists, ...after(exists, [tags], () => [judgeTags(place, tags, name, repository.value)])]
}

function judgeTags(
  settings: EnvironmentSettings,
  subject: LinkSubject,
  name: string,
  repository: RepositoryDescription | null,
): Finding {
  const mutability = repository?.tagMutability ?? ""
  if (mutability.startsWith("IMMUTABLE")) return ok(subject, mutability)
  return no(
    subject,
    `${mutability}: who may push can move a deployed tag to another image`,
    aws(
      settings,
      ...["ecr", "put-image-tag-mutability", "--repository-name", name],
      ...["--image-tag-mutability", "IMMUTABLE"],
    ),
  )
}

/**
 * Whether parts of images can be read, as a reseal needs it and nothing else: without that right, no other deploy fails.
 *
 * @param denied the actions that are denied.
 * @param repository what is known of it; `null` when it was not asked for.
 */
export function judgeImageAccess(
  settings: EnvironmentSettings,
  denied: Fact<readonly string[]>,
  repository: Fact<RepositoryDescription | null> | null,
  grant: Remedy,
): Finding {
  const [subject, , reading] = repositorySubjects(repositoryName(settings))
  if (repository?.known && repository.value === null) return waiting(reading, subject)
  if (!denied.known) return unknown(reading, denied, "ecr:BatchGetImage")
  if (denied.value.length === 0) return ok(reading, "allowed")
  const verb = denied.value.length === 1 ? "is" : "are"
  return unchecked(
    reading,
    `${nameList(denied.value)} ${verb} not allowed to you, which deploy --reseal alone needs`,
    grant,
  )
}

/** A repository may be in another Region than the environment. */
function regionOf({ image, region }: EnvironmentSettings): string | null {
  return /\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\./.exec(image?.repository ?? "")?.[1] ?? region
}
