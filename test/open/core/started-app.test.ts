import { describe, expect, test } from "vitest"
import { artisanPath, type StartedApp, startedApp } from "../../../src/open/core/started-app.ts"

const scripts: Readonly<Record<string, string>> = {
  "apache2-foreground": '#!/bin/bash\nexec apache2 -DFOREGROUND "$@"\n',
  "php-fpm": "#!/bin/sh\ncat .env\n",
  boot: '#!/bin/sh\nset -eu\nphp artisan config:cache --quiet\nexec "$@"\n',
  entry: '#!/bin/sh\nset -e\n\n# php-fpm comes later\nexec "$@"\n',
  web: "#!/bin/bash\nchown app storage\nservice nginx start\nexec php-fpm8.4 -F\n",
  drop: '#!/bin/sh\nexec gosu app "$@"\n',
  stay: "#!/bin/sh\necho php-fpmx\ncat /etc/nginx.conf # php-fpm\nphp artisan queue:work\n",
  loop: "#!/bin/sh\nexec loop\n",
}

const scriptOf = (command: string) => scripts[command] ?? null

function app(command: string): StartedApp {
  return startedApp(command.split(" "), scriptOf)
}

describe("what a command starts", () => {
  test.each([
    ["php-fpm", "php-fpm", "server"],
    ["/usr/sbin/php-fpm8.4 -F", "php-fpm", "server"],
    ["php-fpm83 -F", "php-fpm", "server"],
    ["docker-php-entrypoint php-fpm", "php-fpm", "server"],
    ["docker-php-entrypoint -v", "php", "php"],
    ["docker-php-entrypoint apache2-foreground", "apache2-foreground", "server"],
    ["tini -s -- nice -n 10 php-fpm", "php-fpm", "server"],
    ["env -u X A=1 php-fpm", "php-fpm", "server"],
    ["env -S A=1 php-fpm", "php-fpm", "server"],
    ["timeout -k 5 60 php-fpm", "php-fpm", "server"],
    ["entry php-fpm", "php-fpm", "server"],
    ["tini entry apache2-foreground", "apache2-foreground", "server"],
    ["php artisan queue:work", "php artisan", "artisan"],
    ["php8.4 -d memory_limit=1G /srv/app/artisan serve", "php artisan", "artisan"],
    ["./artisan serve", "php artisan", "artisan"],
    ["php -r echo(1); artisan", "php", "php"],
    ["php public/index.php", "php", "php"],
    ["/init", "init", "supervisor"],
    ["supervisord -c x", "supervisord", "supervisor"],
    ["crond -f", "crond", "cron"],
    ["sleep 1", "sleep", "plain"],
    ["/app/server", "server", "unknown"],
    ["env", "env", "plain"],
  ])("%s is %s, found directly", (command, name, kind) => {
    expect(app(command)).toMatchObject({ name, kind, isDirect: true })
  })

  test.each([
    ["boot php-fpm", "php-fpm", "server", true],
    ["boot php artisan queue:work", "php artisan", "artisan", true],
    ["web", "nginx", "server", false],
    ["sh -c true;php-fpm", "php-fpm", "server", false],
    ["stay", "stay", "plain", false],
    ["drop php artisan x", "php artisan", "artisan", false],
  ])("%s is %s behind a script", (command, name, kind, rebuildsCache) => {
    expect(app(command)).toMatchObject({ name, kind, rebuildsCache })
    expect(app(command).isDirect).toBe(command.startsWith("drop"))
  })

  test.each([
    ["gosu app php-fpm", "app"],
    ["gosu app:www-data php artisan x", "app"],
    ["su-exec 82 php", "82"],
    ["s6-setuidgid www-data php", "www-data"],
    ["chpst -u app:www-data php", "app"],
    ["setpriv --reuid=app --regid app --init-groups php", "app"],
    ["setpriv --reuid app --clear-groups -- php", "app"],
    ["runuser -u app -- php", "app"],
    ["sudo -E -u app php", "app"],
    ["sudo -uapp php", "app"],
    ["sudo php", "root"],
    ["doas -u app php", "app"],
    ["drop php", "app"],
    ["php", null],
  ])("%s runs as %s", (command, user) => {
    expect(app(command)).toMatchObject({
      name: "php",
      user: user,
      ...(command.includes("fpm") ? { name: "php-fpm" } : {}),
      ...(command.includes("artisan") ? { name: "php artisan" } : {}),
    })
  })

  test("a shell that su starts runs what its text says, as that user", () => {
    const words = ["su", "app", "-s", "/bin/sh", "-c", "exec php artisan queue:work"]
    expect(startedApp(words, scriptOf)).toMatchObject({ kind: "artisan", user: "app", isDirect: true })
  })

  test.each([
    ["env -i php", "env"],
    ["sudo -u app php", "sudo"],
    ["sudo -Eu app php", null],
    ["sudo --preserve-env -u app php", null],
    ["su - app -c php", "su"],
    ["runuser -l app -c php", "runuser"],
    ["doas php", "doas"],
    ["gosu app php", null],
    ["env A=1 php", null],
  ])("%s loses the variables to %s", (command, clearedBy) => {
    expect(app(command)).toMatchObject({ name: "php", clearedBy })
  })

  test.each([
    ["env -u A --unset=B C=1 D= php", { A: null, B: null, C: "1", D: "" }],
    ["env A=1 nice env -uA B=x=y php", { A: null, B: "x=y" }],
    ["env A=1 env -i B=2 php", { B: "2" }],
    ["sudo -u app env A=1 php", { A: "1" }],
    ["env A=1 sudo php", {}],
    ["sudo A=1 php B=2", { A: "1" }],
    ["gosu app php A=1", {}],
  ])("%s changes the variables of php", (command, changes) => {
    expect(app(command)).toMatchObject({ name: "php" })
    expect(app(command).changes).toEqual(changes)
  })

  test.each([
    ["php /srv/app/artisan x", "/srv/app/artisan"],
    ["./artisan x", "./artisan"],
    ["php x.php artisan", null],
  ])("%s is the artisan at %s", (command, path) => {
    expect(artisanPath(app(command))).toBe(path)
  })

  test("a script that starts itself comes to an end", () => {
    expect(app("loop").name).toBe("loop")
  })
})
