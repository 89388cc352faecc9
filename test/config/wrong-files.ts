/** A settings file with one mistake (or a few that belong together), and what must be told of it. */
export interface WrongFile {
  readonly mistake: string
  readonly text: string
  /** `LINE:COLUMN CODE` and a part of the reason that says what to write instead. */
  readonly told: readonly (readonly [place: string, instead: string])[]
}

const bad = (place: string, instead: string) => [`${place} BAD_SETTING`, instead] as const
const missing = (place: string, instead: string) => [`${place} MISSING_SETTING`, instead] as const
const unknown = (place: string, instead: string) => [`${place} UNKNOWN_SETTING`, instead] as const

/** A file whose only environment begins in line 5. */
const production = (...lines: readonly string[]) =>
  [
    "version: 1",
    "app: shop",
    "environments:",
    "  production:",
    ...lines.map((line) => `    ${line}`),
    "",
  ].join("\n")

export const wrongFiles: readonly WrongFile[] = [
  // YAML
  {
    mistake: "is empty",
    text: "",
    told: [bad("1:1", "the file is empty; write version, app and environments")],
  },
  {
    mistake: "is a list",
    text: "- version: 1\n",
    told: [bad("1:1", "is a list; write version, app and environments")],
  },
  {
    mistake: "has a tab for indentation",
    text: "version: 1\napp: shop\nenvironments:\n\tproduction: {}\n",
    told: [bad("4:1", "indent with blanks")],
  },
  {
    mistake: "has a quote without its end",
    text: 'version: 1\napp: "shop\nenvironments: {}\n',
    told: [bad("2:6", "write the closing quote")],
  },
  {
    mistake: "has a bracket without its end",
    text: production("recipients: [age1abc"),
    told: [bad("5:17", "write the closing quote or bracket")],
  },
  {
    mistake: "has a second colon in a line",
    text: "version: 1\napp: shop: main\n",
    told: [bad("2:6", "put the text in quotes")],
  },
  {
    mistake: "has text that begins with @",
    text: production("build: { project: @shop }"),
    told: [bad("5:23", "put the text in quotes")],
  },
  {
    mistake: "is indented otherwise than its neighbours",
    text: production("account: '111122223333'", " region: eu-west-1"),
    told: [bad("6:6", "begin the settings of one section in one column")],
  },
  {
    mistake: "has a name twice",
    text: production("region: eu-west-1", "region: eu-west-2"),
    told: [bad("6:5", "remove one of the two")],
  },
  {
    mistake: "has two documents",
    text: "version: 1\napp: shop\n---\nenvironments: {}\n",
    told: [bad("3:1", "keep one")],
  },
  {
    mistake: "has a tag",
    text: production("account: !secret '111122223333'"),
    told: [bad("5:14", "remove what begins with !")],
  },
  {
    mistake: "has a tag of YAML 1.1",
    text: production("account: !!binary aGVsbG8="),
    told: [bad("5:14", "remove what begins with !")],
  },
  {
    mistake: "has a %YAML line",
    text: `%YAML 1.1\n---\n${production("region: eu-west-1")}`,
    told: [bad("1:1", "remove it")],
  },
  {
    mistake: "has an alias without anchor",
    text: production("build: *build"),
    told: [bad("5:12", "write &build before what it repeats")],
  },
  {
    mistake: "has an alias within what it repeats",
    text: production("hooks: &hooks", "  before: [*hooks]"),
    told: [bad("6:16", "nested too deeply")],
  },
  {
    mistake: "has a merge key of YAML 1.1",
    text: "version: 1\napp: shop\nenvironments:\n  staging: &s { region: eu-west-1 }\n  production:\n    <<: *s\n",
    told: [unknown("6:5", "under defaults")],
  },
  {
    mistake: "has a list as a name",
    text: production("? [a]\n    : b"),
    told: [bad("5:7", "write text before the colon")],
  },
  // The frame
  {
    mistake: "lacks version and app",
    text: "environments:\n  production: {}\n",
    told: [
      missing("1:1", "version is missing; write version: 1"),
      missing("1:1", "app is missing; write the name of the app"),
    ],
  },
  {
    mistake: "is of a later version",
    text: "version: 2\napp: shop\nenvironments: { production: {} }\n",
    told: [bad("1:10", "version is 2, a number and no text; write version: 1")],
  },
  {
    mistake: "has no environment",
    text: "version: 1\napp: shop\nenvironments: {}\n",
    told: [bad("3:15", "environments is an empty mapping; write at least one environment")],
  },
  {
    mistake: "has environments as a list",
    text: "version: 1\napp: shop\nenvironments: [production]\n",
    told: [bad("3:15", "environments is a list; write at least one environment")],
  },
  {
    mistake: "has an environment without anything",
    text: "version: 1\napp: shop\nenvironments:\n  production:\n",
    told: [bad("4:14", "is empty; write its settings, or {}")],
  },
  {
    mistake: "has an environment with a blank in its name",
    text: "version: 1\napp: shop\nenvironments:\n  my production: {}\n",
    told: [bad("4:3", "write a name of letters, digits")],
  },
  {
    mistake: "has an app of two words",
    text: "version: 1\napp: the shop\nenvironments: { production: {} }\n",
    told: [bad("2:6", 'app is "the shop"; write the name of the app, such as shop')],
  },
  {
    mistake: "has a setting of an environment at the top",
    text: "version: 1\napp: shop\nregion: eu-west-1\nenvironments: { production: {} }\n",
    told: [unknown("3:1", "it belongs under environments.NAME")],
  },
  // An environment
  {
    mistake: "has a name with one letter wrong",
    text: production("workload: [deployment/web]"),
    told: [unknown("5:5", "environments.production.workload is not a setting; did you mean workloads?")],
  },
  {
    mistake: "has a name in another spelling",
    text: production("set_env: [APP_VERSION]"),
    told: [unknown("5:5", "did you mean setEnv?")],
  },
  {
    mistake: "has a name that belongs into a section",
    text: production("project: shop"),
    told: [unknown("5:5", "it belongs under environments.NAME.build")],
  },
  {
    mistake: "has a name that is nothing like any",
    text: production("build:", "  project: shop", "  zzz: 1"),
    told: [unknown("7:7", "here can be project, source, repository, variables, timeout")],
  },
  {
    mistake: "has an account of 11 digits",
    text: production("account: 11112222333"),
    told: [bad("5:14", "account is 11112222333, a number and no text; write the 12 digits")],
  },
  {
    mistake: "has a Region's zone",
    text: production("region: eu-west-1a"),
    told: [bad("5:13", 'region is "eu-west-1a"; write an AWS Region, such as eu-west-1')],
  },
  {
    mistake: "has a source where a secret's name is expected",
    text: production("secret: aws-sm:shop/production"),
    told: [bad("5:13", "write the secret's name or ARN, such as shop/production")],
  },
  {
    mistake: "has a number in the list of secrets",
    text: production("secret: [shop/base, 5]"),
    told: [bad("5:25", "secret.1 is 5, a number and no text; write the secret's name")],
  },
  {
    mistake: "has an identity for a recipient",
    text: production(
      "recipients:",
      "  - AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0",
    ),
    told: [bad("6:9", "recipients.0 is not what can stand here; write aws-kms:")],
  },
  {
    mistake: "has one recipient without brackets",
    text: production("recipients: aws-kms:alias/envseal-production"),
    told: [bad("5:17", "write a list of recipients")],
  },
  {
    mistake: "has an alias for a pin",
    text: production("kmsKeys: [arn:aws:kms:eu-west-1:111122223333:alias/shop]"),
    told: [bad("5:15", "an alias pins nothing")],
  },
  {
    mistake: "has a context with a comma",
    text: production("context: { app: 'shop,web' }"),
    told: [bad("5:21", "write up to 8 names with texts")],
  },
  {
    mistake: "has a context of nine pairs",
    text: production(`context: { ${[..."abcdefghi"].map((name) => `${name}: x`).join(", ")} }`),
    told: [bad("5:14", "has more than 8 pairs; remove some")],
  },
  {
    mistake: "has context names that differ in case alone",
    text: production("context: { app: shop, APP: shop }"),
    told: [bad("5:14", "rename one")],
  },
  {
    mistake: "has a build without its project",
    text: production("build:", "  source: main"),
    told: [
      missing("5:5", "environments.production.build.project is missing; write the name of the CodeBuild"),
    ],
  },
  {
    mistake: "has a source that git would take for an option",
    text: production("build: { project: shop, source: --upload-pack=x }"),
    told: [bad("5:37", "write a branch, tag or commit, such as main")],
  },
  {
    mistake: "has a source that is a number to YAML",
    text: production("build: { project: shop, source: 1.10 }"),
    told: [bad("5:37", "source is 1.10, a number and no text")],
  },
  {
    mistake: "has a password in the repository's URL",
    text: production("build: { project: shop, repository: 'https://me:hunter2@git.example.com/x' }"),
    told: [bad("5:41", "is not what can stand here; write the repository's URL without a password")],
  },
  {
    mistake: "has a variable that is a number",
    text: production("build: { project: shop, variables: { PIN: 424242 } }"),
    told: [bad("5:47", "variables.PIN is a number and no text; write names and texts")],
  },
  {
    mistake: "has a variable of CodeBuild",
    text: production("build: { project: shop, variables: { CODEBUILD_BUILD_ID: x } }"),
    told: [bad("5:42", "CODEBUILD_ is taken")],
  },
  {
    mistake: "has a duration without its unit",
    text: production("build: { project: shop, timeout: 45 }"),
    told: [bad("5:38", "write how long, from 1s to 48h, such as 45m")],
  },
  {
    mistake: "has a duration of days",
    text: production("rollout: { timeout: 90h }"),
    told: [bad("5:25", 'timeout is "90h"; write how long, from 1s to 48h')],
  },
  {
    mistake: "has a tag in the image's repository",
    text: production("image:", "  repository: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop:latest"),
    told: [bad("6:19", "write the repository as images name it, without tag")],
  },
  {
    mistake: "has a placeholder that is not known",
    text: production("image: { repository: example.com/shop, tag: '{branch}' }"),
    told: [
      bad(
        "5:49",
        "{commit}, {commit:7} for its first 7 characters, {number} and {environment} are known too",
      ),
    ],
  },
  {
    mistake: "has a cluster that is not named",
    text: production("cluster: { namespace: shop }"),
    told: [bad("5:14", "write eks with an EKS cluster's name, or context with a kubeconfig's")],
  },
  {
    mistake: "has a cluster without namespace",
    text: production("cluster: { eks: shop }"),
    told: [missing("5:5", "cluster.namespace is missing; write the namespace of the workloads")],
  },
  {
    mistake: "has an API server without TLS",
    text: production("cluster: { context: kind, namespace: shop, server: 'http://127.0.0.1:6443' }"),
    told: [bad("5:56", "write the URL of the API server, such as https://")],
  },
  {
    mistake: "has a short name of a kind",
    text: production("workloads: [deploy/web]"),
    told: [bad("5:17", 'workloads.0 is "deploy/web"; write KIND/NAME, such as deployment/web')],
  },
  {
    mistake: "has a workload of two kinds",
    text: production("workloads:", "  - deployment: web", "    statefulset: web"),
    told: [bad("6:9", "names several workloads; write one of deployment, statefulset")],
  },
  {
    mistake: "has a workload without a name",
    text: production("workloads:", "  - containers: [app]"),
    told: [bad("6:9", "names no workload; write one of deployment, statefulset")],
  },
  {
    mistake: "has a workload without any container",
    text: production("workloads:", "  - deployment: web", "    containers: []"),
    told: [bad("6:9", "names no container; write one under containers")],
  },
  {
    mistake: "has a workload twice",
    text: production("workloads:", "  - deployment/web", "  - deployment: web", "    containers: [app]"),
    told: [bad("7:9", "workloads.1 is deployment/web again; remove one of the two")],
  },
  {
    mistake: "has a hook for another workload",
    text: production(
      "workloads: [deployment/web]",
      "hooks:",
      "  before:",
      "    - { name: migrate, workload: deployment/worker, command: [php, artisan] }",
    ),
    told: [bad("8:38", "is none of workloads; write one of deployment/web")],
  },
  {
    mistake: "has a hook's command as one text",
    text: production(
      "workloads: [deployment/web]",
      "hooks: { after: [{ name: warm, workload: deployment/web, command: php artisan }] }",
    ),
    told: [bad("6:71", "write a list of words, such as [php, artisan, migrate, --force]")],
  },
  {
    mistake: "has two hooks of one name",
    text: production(
      "workloads: [deployment/web]",
      "hooks:",
      "  before: [{ name: migrate, workload: deployment/web, command: [a] }]",
      "  after: [{ name: migrate, workload: deployment/web, command: [b] }]",
    ),
    told: [bad("8:23", "give each hook its own name")],
  },
  {
    mistake: "has yes for true",
    text: production("rollout: { rollback: yes }"),
    told: [bad("5:26", 'rollback is "yes"; write true or false')],
  },
  // Defaults
  {
    mistake: "has a mistake in the defaults, which two environments use",
    text: "version: 1\napp: shop\ndefaults:\n  region: Ireland\nenvironments:\n  a: {}\n  b: {}\n",
    told: [bad("4:11", 'defaults.region is "Ireland"; write an AWS Region')],
  },
  {
    mistake: "has a section in the defaults that one environment does not complete",
    text: "version: 1\napp: shop\ndefaults:\n  build: { source: main }\nenvironments:\n  a: { build: { project: aa } }\n  b: {}\n",
    told: [missing("7:3", "environments.b.build.project is missing")],
  },
  {
    mistake: "has a hook in the defaults that is not whole",
    text: "version: 1\napp: shop\ndefaults:\n  hooks: { before: [{ name: x, command: [a] }] }\nenvironments:\n  a: {}\n  b: {}\n",
    told: [missing("4:21", "defaults.hooks.before.0.workload is missing")],
  },
]
