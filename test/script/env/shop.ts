import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { type Sandbox, sandbox } from "../harness.ts"

/** The settings of an app, with what only their writer could have written like that. */
export const settings = `# Of the shop.
version: 1
app: shop
defaults:
  account: "111122223333"
  region: eu-west-1
  require: .env.example
  build: { source: main }
  image:
    repository: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop
  workloads:
    - { deployment: shop-web, withoutOpen: [public] }
    - deployment/shop-worker
    - cronjob/shop-schedule

environments:
  production:
    secret: shop/production # ask Ann
    recipients: [aws-kms:alias/envseal-production]
    kmsKeys: [arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab]
    build: { project: shop-production }
    cluster: { eks: main, namespace: shop-production }

  # For the team.
  staging:
    secret: shop/staging
    recipients: [aws-kms:alias/envseal-staging]
    build: { project: shop-staging }
    cluster: { eks: main, namespace: shop-staging }
    # The end.
`

export const example = `APP_NAME="The Shop"\nAPP_KEY=canary-in-the-example\nDB_PASSWORD=\n`

const gate = `        case $ENVSEAL_ENVIRONMENT in
          production | staging) ;;
`

/** A repository in which environments can be added. */
export function shop(files: Readonly<Record<string, string>> = {}): Sandbox {
  const box = sandbox()
  const all = {
    "envseal.yaml": settings,
    ".env.example": example,
    "buildspec.yaml": gate,
    ".git/config": '[remote "origin"]\n\turl = git@github.com:team/shop.git\n',
    ".git/HEAD": "ref: refs/heads/main\n",
    ...files,
  }
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(box.path(name)), { recursive: true })
    writeFileSync(box.path(name), text)
  }
  return box
}

/** Every file below the folder with its text, but for `.git`. */
export function filesIn({ folder }: Sandbox): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => `${parentPath}/${name}`.slice(folder.length + 1))
  return Object.fromEntries(
    names
      .filter((name) => !name.startsWith(".git/"))
      .sort()
      .map((name) => [name, readFileSync(`${folder}/${name}`, "utf8")]),
  )
}
