import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Engine } from "../docker/engine.ts"
import { root } from "../docker/folders.ts"
import { allOf } from "./all-of.ts"
import { parts } from "./folders.ts"

const registry = "public.ecr.aws"
const php = `${registry}/docker/library/php:8.4-fpm`

/** The web server's image, as web.yaml has it. */
export const nginxImage = `${registry}/nginx/nginx-unprivileged:1.29-alpine`

/** All that is not what its name says, because no image can be pulled and no package of PHP be had here. */
export const replacements: readonly string[] = [
  `${php}: Debian sid with PHP, whose extensions make the installer of extensions do nothing`,
  `${registry}/docker/library/composer:2: Debian's Composer as one file`,
  "repo.packagist.org: a Composer repository in the image of PHP, with Debian's Laravel 13 as laravel/framework",
  "laravel/tinker, and all of require-dev: packages without a file",
  "git, which Composer wants and clones nothing with: a program that does nothing",
  `${registry}/docker/library/node:24: Debian sid with Node 24 and npm 11 of npm, and npm's packages in its cache`,
  `${nginxImage}: Debian's nginx, with the configuration of that image`,
  "ECR: Debian's docker-registry, by its name; AWS: the fake",
]

/** Gives images of what was fetched the names that the files of envseal have. */
export async function makePublicImages(engine: Engine): Promise<void> {
  const recipe = readFileSync(join(parts, "recipe"), "utf8").slice(0, 16)
  const base = `envseal-test/chain:${recipe}`
  const { status } = await engine.try(["image", "inspect", base])
  if (status !== 0) await engine.docker("import", join(parts, "php.tar"), base)
  await engine.docker("tag", base, php)
  await allOf([
    build(engine, `${registry}/docker/library/composer:2`, composer),
    build(engine, `${registry}/docker/library/node:24`, node),
    build(engine, nginxImage, nginx),
  ])
}

/** What an image is built from: paths by their name in its folder, texts likewise, and the Dockerfile. */
interface Recipe {
  readonly paths: Readonly<Record<string, string>>
  readonly texts?: Readonly<Record<string, string>>
  readonly dockerfile: string
}

const composer: Recipe = {
  paths: { composer: join(parts, "composer") },
  dockerfile: "FROM scratch\nCOPY composer /usr/bin/composer\n",
}

const node: Recipe = {
  paths: {
    node: join(root, "node_modules/node/bin/node"),
    npm: join(parts, "npm"),
    "npm-cache": join(parts, "npm-cache"),
  },
  texts: { npmrc: "offline=true\ncache=/var/cache/npm\naudit=false\nfund=false\n" },
  dockerfile: `FROM ${php}
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
COPY npmrc /usr/local/lib/node_modules/npm/npmrc
COPY npm-cache /var/cache/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
`,
}

const nginx: Recipe = {
  paths: { nginx: join(parts, "nginx") },
  texts: {
    "nginx.conf": `worker_processes auto;
error_log /var/log/nginx/error.log notice;
pid /tmp/nginx.pid;
events { worker_connections 1024; }
http {
  proxy_temp_path /tmp/proxy_temp;
  client_body_temp_path /tmp/client_temp;
  fastcgi_temp_path /tmp/fastcgi_temp;
  uwsgi_temp_path /tmp/uwsgi_temp;
  scgi_temp_path /tmp/scgi_temp;
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  access_log /var/log/nginx/access.log;
  sendfile on;
  keepalive_timeout 65;
  include /etc/nginx/conf.d/*.conf;
}
`,
  },
  dockerfile: `FROM ${php}
COPY nginx /
COPY nginx.conf /etc/nginx/nginx.conf
RUN mkdir -p /etc/nginx/conf.d /var/log/nginx \\
  && ln -sf /dev/stdout /var/log/nginx/access.log && ln -sf /dev/stderr /var/log/nginx/error.log
EXPOSE 8080
STOPSIGNAL SIGQUIT
USER 101
CMD ["nginx", "-g", "daemon off;"]
`,
}

async function build(engine: Engine, name: string, { paths, texts = {}, dockerfile }: Recipe): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "envseal-chain-image-"))
  try {
    for (const [to, from] of Object.entries(paths))
      cpSync(from, join(folder, to), { recursive: true, verbatimSymlinks: true })
    for (const [to, text] of Object.entries({ ...texts, Dockerfile: dockerfile }))
      writeFileSync(join(folder, to), text)
    await engine.docker("build", "--quiet", "--tag", name, folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
