import { expect, test } from "vitest"
import { dockerBuildIn, usualDockerBuild } from "../../src/doctor/core/docker-build.ts"

test.each([
  ["docker build .", usualDockerBuild],
  ["docker build --tag $IMAGE --build-arg BASE=$BASE .", { ...usualDockerBuild, given: { BASE: null } }],
  [
    "docker buildx build --push -f docker/php/Dockerfile --target=production \\\n  --build-arg PHP=8.4 -t x ./",
    { file: "docker/php/Dockerfile", target: "production", given: { PHP: "8.4" }, folder: "" },
  ],
  [
    "cd /tmp && docker image build backend -t a",
    { ...usualDockerBuild, file: "backend/Dockerfile", folder: "backend" },
  ],
  ["if true; then docker build . ; fi", usualDockerBuild],
  ["docker build .\ndocker build .", usualDockerBuild],
])("a buildspec with %j builds that image", (command, build) => {
  expect(dockerBuildIn([command])).toEqual(build)
})

test.each([
  "docker push a",
  "echo docker build .",
  "# docker build .",
  "docker build -f $FILE .",
  "docker build -t a . && docker build -f nginx/Dockerfile -t b .",
  "docker compose build",
])("a buildspec with %j does not say which image", (command) => {
  expect(dockerBuildIn([command])).toBeNull()
})

test("the buildspec's own variables stand in for theirs", () => {
  const variables = { BASE: "php:8.4", FILE: "app.Dockerfile", STAGE: "live" }
  const command =
    'docker build --build-arg BASE="$BASE" --build-arg OTHER --build-arg X=$X --target $STAGE -f ${FILE} .'
  expect(dockerBuildIn([command], variables)).toEqual({
    ...{ file: "app.Dockerfile", target: "live", folder: "" },
    given: { BASE: "php:8.4", OTHER: null, X: null },
  })
})
