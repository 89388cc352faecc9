import { describe, expect, test } from "vitest"
import { type ImageBuild, judgeDockerfile } from "../../../src/doctor/core/dockerfile.ts"
import { judgeDockerignore } from "../../../src/doctor/core/dockerignore.ts"
import { applyRemedies } from "./apply-remedy.ts"

/** A Dockerfile that is in order, with lines before its entry point. */
function recipe(lines: string, before = ""): string {
  return `${before}FROM php:8.4-fpm
COPY --from=envseal /glibc/envseal /usr/local/bin/envseal
COPY boot.sh /usr/local/bin/boot
WORKDIR /var/www/html
COPY . .
${lines}
ENTRYPOINT ["envseal", "open", "--require-tmpfs", "--", "boot"]
CMD ["php-fpm"]
COPY .env.sealed .
`
}

/** A folder with files, of which none is kept out but those that a `.dockerignore` names. */
function building(files: Readonly<Record<string, string>> = {}, part: Partial<ImageBuild> = {}): ImageBuild {
  const context = { files: new Map(Object.entries(files)), isIgnored: () => false }
  return { file: "Dockerfile", target: null, given: {}, context, ...part }
}

const secrets = "APP_NAME=Shop\nDB_PASSWORD=hunter2\n"

describe("a Dockerfile that brings a .env in plaintext into the image is a no:", () => {
  test.each([
    ["COPY .env ."],
    ["copy ./.env ./"],
    ["COPY .env.production /var/www/html/.env"],
    ["COPY --chown=www-data:www-data --chmod=0400 .env.prod .env"],
    ['COPY [".env.staging", "/var/www/html/"]'],
    ["ADD .env /app/"],
    ["ADD https://config.example.com/shop/.env /var/www/html/.env"],
    ["COPY docker/docker.env /var/www/html/.env"],
    ["COPY docker/laravel.conf ./.env"],
    ["COPY config/production.env /etc/app/"],
    ["COPY .env* ./"],
    ["COPY .en? ./"],
    ["COPY .e[n]v ./"],
    ["COPY composer.json .env artisan ./"],
    ["COPY \\\n  .env \\\n  # the app's\n  /var/www/html/"],
    ["ARG ENVIRONMENT=production\nCOPY .env.${ENVIRONMENT} .env"],
    ["ARG ENV_FILE\nCOPY ${ENV_FILE} /var/www/html/.env"],
    ["ENV APP_DIR=/app\nCOPY secrets/app.txt $APP_DIR/.env"],
    ["ARG FILE=.env\nCOPY ${FILE:-.env.example} ./"],
    ["COPY --from=config /production/.env /var/www/html/.env"],
    ["COPY <<EOF .env\nAPP_KEY=base64:abc\nEOF"],
    ["COPY <<'EOF' /app/.env\nDB_PASSWORD=hunter2\nEOF"],
    ['COPY <<-"EOF" /app/.env\n\tREDIS_PASSWORD=hunter2\n\tEOF'],
    ["ARG DB_PASSWORD\nCOPY <<EOF /app/.env\nDB_PASSWORD=$DB_PASSWORD\nEOF"],
    ["COPY <<.env /app/\nMAIL_PASSWORD=hunter2\n.env"],
    ["RUN echo APP_KEY=base64:abc > .env"],
    ['RUN echo "DB_PASSWORD=${DB_PASSWORD}" >> /var/www/html/.env'],
    ["RUN printf 'APP_ENV=production\\nAPP_KEY=base64:abc\\n' >.env"],
    ['RUN { echo "APP_ENV=production"; echo "DB_PASSWORD=hunter2"; } > .env'],
    ["RUN (echo APP_ENV=production; echo APP_KEY=abc) > .env"],
    ["RUN echo 'APP_KEY=abc' | tee -a .env"],
    ["RUN cat > .env <<EOF\nDB_PASSWORD=hunter2\nEOF"],
    ["RUN <<SH\nset -e\ncat <<EOF > /var/www/html/.env\nDB_PASSWORD=hunter2\nEOF\nSH"],
    ["RUN cp .env.production .env"],
    ["RUN cd /var/www/html && mv .env.live .env"],
    ["RUN install -m 0400 .env.prod /app/.env"],
    ["RUN cat .env.production > .env"],
    ["RUN --mount=type=secret,id=dotenv cp /run/secrets/dotenv .env"],
    ["RUN --mount=type=secret,id=dotenv cat /run/secrets/dotenv > .env"],
    ['ARG DOTENV\nRUN echo "$DOTENV" | base64 -d > .env'],
    ['ARG DOTENV\nRUN echo "$DOTENV" > .env'],
    ["RUN printenv > .env"],
    ["RUN aws secretsmanager get-secret-value --secret-id shop --query SecretString --output text > .env"],
    ["RUN aws s3 cp s3://config/shop/.env .env"],
    ["RUN aws s3 cp s3://config/shop/.env .env --region eu-west-1"],
    ["RUN aws --region eu-west-1 s3 cp --quiet s3://config/shop/.env ./ --output text"],
    ["RUN openssl enc -d -aes-256-cbc -in .env.enc -out .env -pass env:KEY"],
    ["RUN sops -d --output .env secrets.yaml"],
    ["RUN curl -fsS https://config.example.com/shop -o .env"],
    ["RUN wget -qO .env https://config.example.com/shop"],
    ["RUN cp .env.example .env && php artisan key:generate --ansi"],
    ["RUN sed -i 's/^DB_PASSWORD=.*/DB_PASSWORD=hunter2/' .env"],
    ["RUN php artisan env:decrypt --force"],
    ["RUN bash -euc 'echo APP_KEY=abc > .env'"],
    ["RUN ln .env.production .env"],
    ["RUN rsync -a .env.production .env"],
    ["COPY */.env /etc/app/"],
    ["COPY --parents ./.env /app/"],
    ["ENV APP_DIR=/app\nRUN <<-EOF\n\techo DB_PASSWORD=hunter2 > $APP_DIR/.env\nEOF"],
    ['RUN ["cp", ".env.production", ".env"]'],
    ["RUN envseal open --identity key.txt"],
    ["COPY .env .\nRUN php artisan route:cache && rm .env"],
    ['SHELL ["/bin/bash", "-c"]\nRUN echo APP_KEY=abc > .env'],
  ])("%s", (lines) => {
    const finding = judgeDockerfile(recipe(lines), building())
    expect(finding).toMatchObject({ answer: "no", link: "dockerfile" })
    expect(finding.text).toMatch(/in plaintext/)
  })

  test.each([
    ["a folder that has one", "COPY docker/ /etc/app/", { "docker/.env": secrets }],
    ["a folder of the folder", "COPY docker/php /etc/app/", { "docker/php/conf/.env.production": secrets }],
    ["the whole folder, with another than .env", "", { ".env.production": secrets }],
    ["the whole folder, with one further down", "", { "packages/api/.env": secrets }],
    ["a glob", "COPY docker/*.env /etc/app/", { "docker/shop.env": secrets }],
  ])("with %s", (_, lines, files) => {
    expect(judgeDockerfile(recipe(lines), building(files)).text).toMatch(/it copies .*env.*, in plaintext/)
  })

  test.each([
    ["a stage that this one starts from", "FROM php:8.4-fpm AS base\nCOPY .env /app/.env\n", "FROM base"],
    [
      "a stage that it copies from",
      "FROM php:8.4-fpm AS app\nWORKDIR /app\nCOPY .env .\n",
      "COPY --from=app /app .",
    ],
    [
      "a stage by its number",
      "FROM php:8.4-fpm\nWORKDIR /app\nRUN echo APP_KEY=a > .env\n",
      "COPY --from=0 /app/ .",
    ],
    ["a trigger", "FROM php:8.4-fpm AS base\nONBUILD COPY .env /app/.env\n", "FROM base"],
  ])("from %s", (_, before, line) => {
    const text = line.startsWith("FROM")
      ? recipe("", before).replace("FROM php:8.4-fpm\nCOPY --from=envseal", "FROM base\nCOPY --from=envseal")
      : recipe(line, before)
    expect(judgeDockerfile(text, building()).text).toMatch(/in plaintext/)
  })

  test.each([
    ["ENV APP_KEY=base64:abc DB_PASSWORD=hunter2", /ENV holds APP_KEY.*; ENV holds DB_PASSWORD/],
    ["ENV DB_PASSWORD hunter2 with spaces", /ENV holds DB_PASSWORD/],
    ["ARG APP_KEY\nENV APP_KEY=$APP_KEY", /ENV holds APP_KEY/],
    ["ARG MAIL_PASSWORD=hunter2", /ARG holds MAIL_PASSWORD/],
    ['LABEL com.example.api-token="abc"', /LABEL holds com\.example\.api-token/],
    ['ENV APP_ENV=production \\\n    STRIPE_SECRET="sk"', /ENV holds STRIPE_SECRET/],
  ])("%s", (lines, text) => {
    const finding = judgeDockerfile(recipe(lines), building())
    expect(finding.answer).toBe("no")
    expect(finding.text).toMatch(text)
    expect(JSON.stringify(finding)).not.toMatch(/hunter2|base64:abc|sk"/)
  })

  test("an argument that the build gives", () => {
    const text = recipe("ARG DB_PASSWORD\nRUN ./install")
    expect(judgeDockerfile(text, building()).answer).toBe("ok")
    expect(judgeDockerfile(text, building({}, { given: { DB_PASSWORD: null } })).text).toMatch(
      /ARG holds DB_PASSWORD/,
    )
  })
})

describe("a Dockerfile that brings no plaintext is ok:", () => {
  test.each([
    ["COPY .env.example ."],
    ["COPY .env.example .env"],
    ["COPY docker/env.dist /var/www/html/.env"],
    ["COPY .env.sealed* ./"],
    ["COPY .env.encrypted .env.vault ./"],
    ["COPY .env.production.gpg .env.age .env.enc prod.sops.env ./"],
    ["RUN aws s3 cp dump.sql s3://backup/.env"],
    ["ENV PUSHER_APP_SECRET=${PUSHER_APP_SECRET} MAIL_PASSWORD=$MAIL_PASSWORD"],
    ["# COPY .env ."],
    ["COPY --exclude=.env* . /copy"],
    ["RUN cp .env.example .env"],
    ["RUN test -f .env || cp -n .env.example .env"],
    ["RUN ln -s /run/envseal/.env .env"],
    ["RUN touch .env"],
    ["RUN echo 'APP_ENV=production' > .env"],
    ["RUN rm -f .env .env.*"],
    ["RUN cp .env.example .env && php artisan key:generate && npm run build && rm .env"],
    ["RUN php artisan key:generate --show"],
    ["RUN --mount=type=secret,id=dotenv,target=/var/www/html/.env php artisan route:cache"],
    ["RUN echo 'cp .env.production .env'"],
    ["RUN grep -q APP_KEY .env.example"],
    ["RUN <<EOF\n# COPY .env .\nFROM nothing\nEOF"],
    ["COPY <<EOF /app/.env\nAPP_ENV=production\nEOF"],
    ["ENV DB_PASSWORD= APP_KEY=''"],
    ["ENV VITE_PUSHER_APP_KEY=abc AWS_ACCESS_KEY_ID=x PASSPORT_KEY_PATH=/run/keys"],
    ["ARG GITHUB_TOKEN\nRUN composer install"],
    ["COPY src/environment.ts src/.envrc.md docs/"],
    ["HEALTHCHECK CMD cat .env"],
  ])("%s", (lines) => {
    expect(judgeDockerfile(recipe(lines), building())).toMatchObject({ answer: "ok" })
  })

  test.each([
    [
      "a file without values",
      "COPY .env.testing .",
      { ".env.testing": "APP_ENV=testing\nAPP_KEY=\nDB_PASSWORD=null\n" },
    ],
    ["a file of references", "COPY deploy.env .env", { "deploy.env": "DB_PASSWORD=${DB_PASSWORD}\n" }],
    ["an example with a value", "COPY .env.example .env", { ".env.example": secrets }],
  ])("with %s", (_, lines, files) => {
    expect(judgeDockerfile(recipe(lines), building(files)).answer).toBe("ok")
  })

  test("a glob of which .dockerignore keeps out what is plain", () => {
    const files = { ".env": secrets, ".env.production": secrets }
    const context = { files: new Map(Object.entries(files)), isIgnored: (path: string) => path in files }
    expect(judgeDockerfile(recipe("COPY .env* ./"), building({}, { context })).answer).toBe("ok")
    expect(judgeDockerignore(".env*\n!.env.sealed").answer).toBe("ok")
  })

  test("a stage that is not built, and one of which nothing is taken", () => {
    const dev = "FROM php:8.4-cli AS dev\nCOPY .env .\nENV DB_PASSWORD=hunter2\n"
    expect(judgeDockerfile(recipe("", dev), building()).answer).toBe("ok")
    expect(judgeDockerfile(recipe("", dev), building({}, { target: "dev" })).answer).toBe("no")
  })

  test("a stage that has removed it before it is copied from is not checked, for its commands had it", () => {
    const before = "FROM php:8.4-cli AS app\nWORKDIR /app\nCOPY .env .\nRUN npm run build && rm .env\n"
    const finding = judgeDockerfile(recipe("COPY --from=app /app/public public", before), building())
    expect(finding).toMatchObject({ answer: "not checked", remedies: [] })
    expect(finding.text).toMatch(/stage app.*envseal scan proves it/)
  })
})

describe("an address that a .env comes from is not repeated, for it may hold a password:", () => {
  test.each([
    ["ADD https://deploy:hunter2@config.example.com/.env /var/www/html/.env"],
    ["ADD https://config.example.com/hunter2/.env?token=hunter2 ./"],
    ["ARG BUCKET=hunter2\nADD https://config.example.com/.env?signature=$BUCKET .env"],
  ])("%s", (lines) => {
    const finding = judgeDockerfile(recipe(lines), building())
    expect(finding).toMatchObject({ answer: "no", text: "it copies .env, in plaintext" })
    expect(JSON.stringify(finding)).not.toContain("hunter2")
  })
})

describe("what is known in the build alone is not checked:", () => {
  test.each([
    ["RUN envsubst < .env.template > .env"],
    ["RUN ./scripts/make-env > .env"],
    ["RUN cp config/app.txt .env"],
  ])("%s", (lines) => {
    expect(judgeDockerfile(recipe(lines), building())).toMatchObject({ answer: "not checked", remedies: [] })
  })
})

describe("the remedies", () => {
  test.each([
    ["COPY .env ."],
    ["ENV APP_KEY=base64:abc APP_ENV=production"],
    ["RUN cp .env.example .env && php artisan key:generate"],
    ["COPY <<EOF .env\nAPP_KEY=base64:abc\nEOF"],
    ["COPY docker/docker.env .env"],
  ])("of %s end in ok when they are applied as printed", (lines) => {
    const text = recipe(lines)
    const finding = judgeDockerfile(text, building())
    expect(finding.answer).toBe("no")
    expect(judgeDockerfile(applyRemedies(text, finding.remedies), building()).answer).toBe("ok")
  })
})
