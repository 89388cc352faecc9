/** One kind of room in src/, and what the files in it may import. */
export interface Layer {
  readonly name: string
  readonly folder: RegExp
  /** Layers that it may import, besides itself. */
  readonly local: readonly string[]
  /** Packages and `node:` modules that it may import. */
  readonly external: readonly RegExp[]
  readonly because: string
}

/** What the command line and the file system are reached by stands on no feature. */
const ground: readonly Layer[] = [
  {
    name: "core",
    folder: /^core\//,
    local: [],
    external: [],
    because: "errors, secrets and text are what everything else is written in, on any runtime",
  },
  {
    name: "ports",
    folder: /^ports\//,
    local: ["core"],
    external: [],
    because: "a port says what is needed; how it is done belongs to an adapter",
  },
  {
    name: "config",
    folder: /^config\/(?!(read-settings|settings-file)\.ts$)/,
    local: ["core"],
    external: [/^yaml$/, /^zod$/],
    because: "settings are read from a text, so that each mistake can be tested and told with its place",
  },
  {
    name: "config/file",
    folder: /^config\/(read-settings|settings-file)\.ts$/,
    local: ["core", "ports", "config"],
    external: [],
    because: "which file has the settings is one rule for all commands, tested with fake files",
  },
  {
    name: "dotenv",
    folder: /^dotenv\//,
    local: ["core"],
    external: [/^@humanwhocodes\/momoa$/, /^dotenv$/],
    because: "reading and writing .env is pure, so that its properties can be tested without a machine",
  },
  {
    name: "envelope",
    folder: /^envelope\//,
    local: ["core", "ports"],
    external: [/^age-encryption$/, /^@noble\/ciphers\/chacha\.js$/, /^node:crypto$/],
    because: "the format and its cryptography stand in one folder, where an auditor finds all of it",
  },
  {
    name: "image",
    folder: /^image\//,
    local: ["core", "ports"],
    external: [/^modern-tar$/, /^node:(crypto|zlib)$/],
    because:
      "how an image is read, written and judged is pure, so that who exchanges a part and who judges it go by the same bytes",
  },
  {
    name: "adapters/node",
    folder: /^adapters\/node\//,
    local: ["core", "ports", "adapters/system"],
    external: [/^node:/],
    because: "one vendor in one folder, which knows no use case",
  },
  {
    name: "adapters/system",
    folder: /^adapters\/system\//,
    local: ["core"],
    external: [/^node:(fs|fs\/promises|os|path)$/],
    because:
      "whose calls reach the files, the runtime's or the C library's, is one choice, made in one folder",
  },
  {
    name: "adapters/proxy",
    folder: /^adapters\/proxy\//,
    local: ["core"],
    external: [/^(http|https|socks)-proxy-agent$/, /^proxy-from-env$/, /^node:(http|tls)$/],
    because: "which proxy leads to a server and how is one rule, for AWS and for the cluster",
  },
  {
    name: "adapters/aws",
    folder: /^adapters\/aws\//,
    local: ["core", "ports", "adapters/proxy", "adapters/system"],
    external: [
      /^@aws-sdk\//,
      /^@smithy\//,
      /^p-retry$/,
      /^node:(child_process|crypto|fs|fs\/promises|http|https|os|path|util)$/,
    ],
    because: "only here is AWS known, so that everything else runs and is tested without it",
  },
  {
    name: "adapters/kubernetes",
    folder: /^adapters\/kubernetes\//,
    local: ["core", "ports", "adapters/proxy"],
    external: [
      /^yaml$/,
      /^p-retry$/,
      /^node:(child_process|crypto|fs|fs\/promises|http|https|os|path|timers\/promises|tls|url)$/,
    ],
    because: "only here is the API server's protocol known, and how a kubeconfig leads to it",
  },
]

interface FeatureRules {
  readonly name: string
  /** What its pure core may import besides `core`. */
  readonly core: {
    readonly local: readonly string[]
    readonly external: readonly RegExp[]
    readonly because: string
  }
  /** What its view may import from packages. */
  readonly view: readonly RegExp[]
  /** What its commands may import from packages and Node.js. */
  readonly command: readonly RegExp[]
}

const nothing = { local: [], external: [], because: "it has no pure core beside the formats" } as const

const features: readonly FeatureRules[] = [
  { name: "seal", core: nothing, view: [], command: [/^commander$/] },
  {
    name: "open",
    core: {
      local: ["ports"],
      external: [],
      because:
        "whether an app reads what is opened is judged by facts that were learned, so that every case can be tested",
    },
    view: [],
    command: [/^commander$/],
  },
  {
    name: "scan",
    core: {
      local: ["ports", "dotenv", "image"],
      external: [/^entities\/decode$/],
      because: "what is looked for and where it stands is pure, so that its properties can be tested",
    },
    view: [],
    command: [/^commander$/],
  },
  { name: "reseal", core: nothing, view: [], command: [/^commander$/] },
  {
    name: "deploy",
    core: {
      local: [],
      external: [],
      because: "the deploy loop's decisions are pure, time included, so that every history can be played",
    },
    view: [/^log-update$/, /^cli-truncate$/],
    command: [/^commander$/, /^node:os$/],
  },
  {
    name: "status",
    core: { local: [], external: [], because: "what a status says is data, which views and tests share" },
    view: [/^log-update$/, /^cli-truncate$/],
    command: [/^commander$/, /^node:os$/],
  },
  {
    name: "doctor",
    core: {
      local: ["ports", "config", "dotenv", "envelope"],
      external: [/^@balena\/dockerignore$/],
      because:
        "a judgement is a function of facts that were learned, so that every fault can be played; Docker's patterns are matched by a library that is pure too",
    },
    view: [],
    command: [/^commander$/],
  },
  {
    name: "secret",
    core: {
      local: ["ports", "dotenv"],
      external: [],
      because:
        "what a label says and what two people changed is decided without AWS, so that each case can be played",
    },
    view: [],
    command: [/^commander$/, /^node:os$/],
  },
  {
    name: "setup",
    core: {
      local: ["config", "dotenv", "envelope"],
      external: [/^diff$/, /^yaml$/],
      because:
        "what is written for a new environment is a text of its names, so that it can be compared and validated",
    },
    view: [],
    command: [/^commander$/],
  },
]

const formats = ["core", "ports", "config", "config/file", "dotenv", "envelope", "image"]

function layersOf({ name, core, view, command }: FeatureRules): Layer[] {
  const own = (part: string) => `${name}/${part}`
  const folder = (part: string) => new RegExp(`^${name}/${part}/`)
  return [
    {
      name: own("core"),
      folder: folder("core"),
      local: ["core", ...core.local],
      external: core.external,
      because: core.because,
    },
    {
      name: own("run"),
      folder: folder("run"),
      local: [own("core"), ...formats],
      external: [],
      because: "a use case touches the world through ports only, so that it can be tested with fakes",
    },
    {
      name: own("view"),
      folder: folder("view"),
      local: [own("core"), own("run"), "core", "ports", "cli"],
      external: view,
      because: "what a person reads is made of what was found, and asks nothing itself",
    },
    {
      name: own("command"),
      folder: folder("command"),
      local: [own("core"), own("run"), own("view"), ...formats, "cli", "cli/wiring", "adapters/node"],
      external: command,
      because: "a command turns options into one use case, and the world comes to it from the wiring",
    },
  ]
}

const program: readonly Layer[] = [
  {
    name: "cli",
    folder: /^cli\/(?!wiring\/|(program|main|binary)\.ts$)/,
    local: ["core", "ports", "config", "config/file", "adapters/node", "cli/wiring"],
    external: [/^commander$/, /^node:os$/, /^@inquirer\//, /^log-update$/, /^cli-truncate$/],
    because: "options, log, failures and tables are the same for every command, and know none",
  },
  {
    name: "cli/wiring",
    folder: /^cli\/wiring\//,
    local: [
      "core",
      "ports",
      "config",
      "cli",
      "adapters/node",
      "adapters/aws",
      "adapters/kubernetes",
      ...features.map(({ name }) => `${name}/run`),
    ],
    external: [],
    because: "here alone a use case meets its adapters",
  },
  {
    name: "program",
    folder: /^cli\/(program|main|binary)\.ts$/,
    local: ["core", "cli", "adapters/node", ...features.map(({ name }) => `${name}/command`)],
    external: [/^commander$/],
    because: "the program knows every command, and nothing imports it",
  },
  {
    name: "library",
    folder: /^(library|index)\.ts$/,
    local: ["core", "ports", "dotenv", "envelope", "seal/run", "open/run"],
    external: [],
    because: "the library must not bring a command line or a machine with it",
  },
]

/** Every layer of src/. A folder that a feature does not have has no files, and so no rule to break. */
export const layers: readonly Layer[] = [...ground, ...features.flatMap(layersOf), ...program]

/** A file of one feature that files of another may import. */
export interface Entry {
  /** Layer of the files that import it. */
  readonly from: string
  readonly to: string
  readonly because: string
}

const judges = "status and doctor judge by the very rules that a deploy goes by"
const asSealed = "what is compared, scanned or examined is read as `seal` reads it"

/** The only imports from one feature into another. */
export const entries: readonly Entry[] = [
  { from: "open/run", to: "seal/run/assemble.ts", because: asSealed },
  { from: "open/run", to: "seal/run/source.ts", because: asSealed },
  {
    from: "open/command",
    to: "seal/command/recipient-options.ts",
    because: "`rekey` seals for recipients that are named as `seal` names them",
  },
  { from: "scan/run", to: "seal/run/assemble.ts", because: asSealed },
  {
    from: "scan/core",
    to: "doctor/core/recipe/opening.ts",
    because: "doctor and scan follow what a container starts by one rule",
  },
  ...["open-words", "option-words", "script-start", "started-app"].map((name) => ({
    from: "scan/core",
    to: `open/core/${name}.ts`,
    because: "what an image starts is followed as `open` follows its command",
  })),
  { from: "scan/command", to: "seal/command/source-options.ts", because: asSealed },
  ...["assemble", "seal-secret"].map((name) => ({
    from: "reseal/run",
    to: `seal/run/${name}.ts`,
    because: "what is put into the image is sealed as `seal` seals it",
  })),
  {
    from: "reseal/command",
    to: "seal/command/seal-request.ts",
    because: "secret and recipients are named as `seal` names them",
  },
  ...["core/finding", "core/needle", "core/search-set", "run/search"].map((name) => ({
    from: "reseal/run",
    to: `scan/${name}.ts`,
    because: "what is added to an image is searched as `scan` searches all of it",
  })),
  { from: "doctor/core", to: "seal/run/source.ts", because: asSealed },
  { from: "doctor/run", to: "seal/run/source.ts", because: asSealed },
  { from: "doctor/run", to: "seal/run/check-secret.ts", because: asSealed },
  { from: "deploy/run", to: "seal/run/source.ts", because: asSealed },
  ...[
    "artisan",
    "open-words",
    "option-words",
    "program-kind",
    "script-start",
    "shell-text",
    "shell-words",
    "started-app",
    "wrapper",
  ].map((name) => ({
    from: "doctor/core",
    to: `open/core/${name}.ts`,
    because: "what a recipe starts is followed as `open` follows its command",
  })),
  { from: "doctor/core", to: "deploy/core/pods.ts", because: judges },
  { from: "doctor/core", to: "deploy/core/release.ts", because: judges },
  { from: "doctor/core", to: "deploy/run/check.ts", because: judges },
  { from: "doctor/core", to: "deploy/run/containers.ts", because: judges },
  { from: "doctor/core", to: "deploy/run/request.ts", because: judges },
  { from: "doctor/core", to: "deploy/run/rights.ts", because: judges },
  { from: "doctor/run", to: "deploy/run/request.ts", because: judges },
  { from: "doctor/run", to: "deploy/run/rights.ts", because: judges },
  ...["history", "home", "plan", "pods", "release", "sealed-secret", "verdict"].map((name) => ({
    from: "status/core",
    to: `deploy/core/${name}.ts`,
    because: "a status tells of releases and troubles in the words of a deploy",
  })),
  ...["home", "judge", "plan", "pod-trouble", "release", "rollout", "sealed-secret", "verdict"].map(
    (name) => ({
      from: "status/run",
      to: `deploy/core/${name}.ts`,
      because: judges,
    }),
  ),
  ...["check", "containers", "current-versions", "failure", "lock", "request"].map((name) => ({
    from: "status/run",
    to: `deploy/run/${name}.ts`,
    because: judges,
  })),
  {
    from: "status/view",
    to: "deploy/view/shorthand.ts",
    because: "a trouble reads the same in a status and in a deploy",
  },
  {
    from: "status/view",
    to: "deploy/view/release-words.ts",
    because: "a release reads the same in a status and in a history",
  },
  {
    from: "status/view",
    to: "deploy/core/plan.ts",
    because: "a status tells of releases in the words of a deploy",
  },
  ...["assemble", "source"].map((name) => ({
    from: "secret/run",
    to: `seal/run/${name}.ts`,
    because: "what is written is checked and imported as `seal` reads it",
  })),
  {
    from: "secret/run",
    to: "seal/run/required-names.ts",
    because: "a first value begins with the names that seal will demand",
  },
  { from: "secret/command", to: "seal/run/source.ts", because: "a source is named as `seal` names it" },
  {
    from: "secret/run",
    to: "deploy/run/check.ts",
    because: "a secret is changed in the account that a deploy checks",
  },
  { from: "secret/command", to: "status/run/watch.ts", because: "what runs is told as `status` finds it" },
  { from: "setup/run", to: "deploy/run/request.ts", because: "the Role grants what a deploy asks for" },
  { from: "setup/run", to: "deploy/run/rights.ts", because: "the Role grants what a deploy asks for" },
  { from: "setup/run", to: "doctor/run/rights.ts", because: "the Role grants what a doctor looks at" },
  {
    from: "setup/run",
    to: "doctor/core/overlay.ts",
    because: "what Kustomize makes is known by the names that a doctor knows",
  },
  {
    from: "setup/run",
    to: "doctor/run/manifests.ts",
    because: "the workloads that are proposed are those that a doctor finds",
  },
  {
    from: "setup/run",
    to: "deploy/run/check.ts",
    because: "`env add` is for the account that a deploy checks",
  },
  ...["containers", "lock"].map((name) => ({
    from: "setup/run",
    to: `deploy/run/${name}.ts`,
    because: "the images of manifests are those that a deploy would change",
  })),
  {
    from: "status/command",
    to: "deploy/run/failure.ts",
    because: "what could not be asked is told as a deploy tells it",
  },
  {
    from: "status/command",
    to: "deploy/core/plan.ts",
    because: "what could not be asked is told as a deploy tells it",
  },
]
