import { describe, expect, test } from "vitest"
import { artisanPath } from "../../../src/open/core/artisan.ts"
import { type StartedApp, startedApp } from "../../../src/open/core/started-app.ts"

const scripts: Readonly<Record<string, string>> = {
  "apache2-foreground": '#!/bin/bash\nexec apache2 -DFOREGROUND "$@"\n',
  "php-fpm": "#!/bin/sh\ncat .env\n",
  boot: '#!/bin/sh\nset -eu\nphp artisan config:cache --quiet\nexec "$@"\n',
  entry: '#!/bin/sh\nset -e\n\n# php-fpm comes later\nexec "$@"\n',
  web: "#!/bin/bash\nchown app storage\nservice nginx start\nexec php-fpm8.4 -F\n",
  drop: '#!/bin/sh\nexec gosu app "$@"\n',
  stay: "#!/bin/sh\necho php-fpmx\ncat /etc/nginx.conf # php-fpm\nphp artisan queue:work\n",
  loop: "#!/bin/sh\nexec loop\n",
  tree: `#!/bin/sh\n${"gosu app tree\n".repeat(30)}`,
  change: '#!/bin/sh\nchown app storage\nexec gosu www-data "$@"\n',
  either: '#!/bin/sh\nif [ "$1" = php-fpm ]; then exec "$@"; fi\nexec su-exec app "$@"\n',
  choose: '#!/bin/sh\ncase "$1" in\n  php-fpm|nginx) shift ;;\nesac\ncommand -v nginx\nexec "$@"\n',
  config: "#!/bin/sh\ncat > x.conf <<'END'\nuser app; # don't\ngosu app php-fpm\nEND\nexec sleep 1\n",
  ends: '#!/bin/sh\nchown app x\nif true; then\n  KEY=1 exec web "$@"\nfi\nexit 1\n',
  own: "#!/bin/sh\nchown app x\nexec own-server\n",
  inner: "#!/bin/sh\nchown app x\nsh -c 'exec setpriv --reuid app --regid app --init-groups php'\n",
  passing: "#!/bin/sh\nchown app x\nexec drop own-server php-fpm\n",
  waits: "#!/bin/sh\nwait-for db:3306 -- php-fpm\nexit 1\n",
  "bare.sh": 'exec gosu app "$@"\n',
  console: "#!/usr/bin/env php\n<?php\n",
  fast: "#!/usr/bin/env -S php -d opcache.enable=0\n<?php\n",
  "server.py": "#!/usr/bin/python3\n",
  contained: "#!/command/with-contenv sh\nexec php-fpm\n",
}

const scriptOf = (command: string) => {
  const text = scripts[command]
  return text === undefined ? null : { path: command, text }
}

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
    ["bash", "bash", "plain"],
    ["bash -l", "bash", "plain"],
    ["bash missing.sh", "bash", "unknown"],
    ["console queue", "php", "php"],
    ["fast", "php", "php"],
    ["server.py", "python3", "plain"],
    ["contained", "php-fpm", "server"],
    ["config", "sleep", "plain"],
    ["choose sleep 1", "sleep", "plain"],
    ["either php-fpm", "php-fpm", "server"],
  ])("%s is %s", (command, name, kind) => {
    const isDirect = !/^(?:config|choose|either)/.test(command)
    expect(app(command)).toMatchObject({ name, kind, isDirect })
  })

  test.each([
    ["boot php-fpm", "php-fpm", "server", true],
    ["boot php artisan queue:work", "php artisan", "artisan", true],
    ["web", "nginx", "server", false],
    ["sh -c true;php-fpm", "php-fpm", "server", false],
    ["stay", "php artisan", "artisan", false],
    ["ends", "nginx", "server", false],
    ["own", "own", "plain", false],
    ["waits", "php-fpm", "server", false],
    ["drop php artisan x", "php artisan", "artisan", false],
  ])("%s is %s behind a script", (command, name, kind, rebuildsCache) => {
    expect(app(command)).toMatchObject({ name, kind, rebuildsCache })
    expect(app(command).isDirect).toBe(command.startsWith("drop"))
  })

  const own = { primary: "user", others: "user" }
  const kept = { primary: "before", others: "before" }
  test.each([
    ["gosu app php-fpm", [{ user: "app", ...own }]],
    ["gosu app:www-data php artisan x", [{ user: "app", primary: ["www-data"], others: [] }]],
    ["su-exec 82 php", [{ user: "82", ...own }]],
    ["su-exec app:82 php", [{ user: "app", primary: ["82"], others: [] }]],
    ["s6-setuidgid www-data php", [{ user: "www-data", ...own }]],
    ["s6-setuidgid 33:82 php", [{ user: "33", primary: ["82"], others: [] }]],
    ["setuidgid app php", [{ user: "app", primary: "user", others: [] }]],
    ["s6-applyuidgid -u 33 -g 33 -G 5,6 php", [{ user: "33", primary: ["33"], others: ["5", "6"] }]],
    ["s6-applyuidgid -zu33 php", [{ user: "33", ...kept }]],
    ["chpst -u app php", [{ user: "app", primary: "user", others: [] }]],
    ["chpst -u app:www-data:adm php", [{ user: "app", primary: ["www-data"], others: ["adm"] }]],
    ["chpst -v -m 10 -u :33:34 php", [{ user: "33", primary: ["34"], others: [] }]],
    ["chpst -P -e env php", []],
    ["setpriv --reuid=app --regid app --init-groups php", [{ user: "app", primary: ["app"], others: "all" }]],
    ["setpriv --reuid app --clear-groups -- php", [{ user: "app", primary: "before", others: [] }]],
    ["setpriv --regid 33 --groups 5,adm php", [{ user: null, primary: ["33"], others: ["5", "adm"] }]],
    ["setpriv --egid app --keep-groups php", [{ user: null, primary: ["app"], others: "before" }]],
    ["setpriv --no-new-privs php", []],
    ["runuser -u app -- php", [{ user: "app", ...own }]],
    ["runuser -u app -g www-data -- php", [{ user: "app", primary: ["www-data"], others: [] }]],
    ["runuser -G adm -G mail -u app -- php", [{ user: "app", primary: ["adm"], others: ["mail"] }]],
    ["sudo -E -u app php", [{ user: "app", ...own }]],
    ["sudo -uapp php", [{ user: "app", ...own }]],
    ["sudo -nEuapp php", [{ user: "app", ...own }]],
    ["sudo -u #33 -g #82 php", [{ user: "33", primary: ["82"], others: "all" }]],
    ["sudo -g #82 php", [{ user: null, primary: ["82"], others: "before" }]],
    ["sudo -g www-data php", [{ user: null, primary: ["www-data"], others: "before" }]],
    ["sudo php", [{ user: "root", ...own }]],
    ["doas -u app php", [{ user: "app", ...own }]],
    [
      "sudo gosu app php",
      [
        { user: "root", ...own },
        { user: "app", ...own },
      ],
    ],
    ["drop php", [{ user: "app", ...own }]],
    ["change php", [{ user: "www-data", ...own }]],
    ["change php-fpm -F", [{ user: "www-data", ...own }]],
    ["inner", [{ user: "app", primary: ["app"], others: "all" }]],
    ["sh bare.sh php", [{ user: "app", ...own }]],
    ["php", []],
  ])("%s runs as %j", (command, userChanges) => {
    expect(app(command)).toMatchObject({
      name: "php",
      ...(command.includes("fpm") ? { name: "php-fpm" } : {}),
      ...(command.includes("artisan") ? { name: "php artisan" } : {}),
      userChanges,
    })
  })

  test.each([
    ["dumb-init -c -r 15:3 php"],
    ["dumb-init --rewrite 15:3 --rewrite 2:3 -v -- php"],
    ["tini -vv -e 143 -p SIGKILL -gs -- php"],
    ["time -f %e -o log php"],
    ["time -p php"],
    ["exec -a name php"],
    ["exec -la name php"],
    ["nice -10 php"],
    ["nice -n10 php"],
    ["nice --adjustment=3 php"],
    ["ionice -c2 -n 7 php"],
    ["ionice -tc 3 php"],
    ["nohup php"],
    ["stdbuf -oL -e 0 php"],
    ["timeout -k5 -s KILL 60 php"],
    ["timeout --foreground 1m php"],
    ["taskset -c 0,1 php"],
    ["taskset 03 php"],
    ["chrt -f 10 php"],
    ["chrt --idle 0 php"],
    ["numactl --cpunodebind=0 -m 0 php"],
    ["catatonit -g -- php"],
    ["docker-init -- php"],
    ["setsid -w php"],
    ["busybox nice php"],
    ["chpst -0 -1 -P php"],
    ["setpriv --ambient-caps -all --pdeathsig keep php"],
    ["env -C /srv -u A --argv0 x php"],
    ["bash -euo pipefail -c php"],
    ["bash +e -o errexit -ec php"],
    ["bash --noprofile --rcfile x -c php"],
  ])("%s starts php, as nobody else", (command) => {
    expect(app(command)).toMatchObject({ name: "php", isDirect: true, userChanges: [], clearing: null })
  })

  test("a shell that su starts runs what its text says, as that user", () => {
    const words = ["su", "app", "-s", "/bin/sh", "-c", "exec php artisan queue:work"]
    const [change] = app("gosu app php").userChanges
    expect(startedApp(words, scriptOf)).toMatchObject({
      kind: "artisan",
      userChanges: [change],
      isDirect: true,
    })
  })

  test("a shell that su starts gives what follows its text on", () => {
    const words = ["su", "app", "-c", 'exec "$@"', "--", "sh", "php", "artisan", "x", "--env", "y"]
    expect(startedApp(words, scriptOf).words).toEqual(["php", "artisan", "x", "--env", "y"])
  })

  test("options of what runuser starts are its own", () => {
    expect(app("runuser -u app php artisan x --env y -u z")).toMatchObject({
      words: ["php", "artisan", "x", "--env", "y", "-u", "z"],
      userChanges: app("gosu app php").userChanges,
    })
  })

  test.each([
    ["env -i php", "env", true],
    ["env - php", "env", true],
    ["env -iu A php", "env", true],
    ["setpriv --reset-env php", "setpriv", true],
    ["su - app -c php", "su", true],
    ["su -l app -c php", "su", true],
    ["runuser -l app -c php", "runuser", true],
    ["exec -c php", "exec", true],
    ["env -i sudo php", "env", true],
    ["sudo env -i php", "env", true],
    ["su -w A -l app -c php", "su", false],
    ["sudo -u app php", "sudo", false],
    ["sudo -i -u app php", "sudo", false],
    ["sudo --preserve-env=A php", "sudo", false],
    ["doas php", "doas", false],
  ])("%s loses the variables to %s, for certain: %s", (command, by, isCertain) => {
    expect(app(command)).toMatchObject({ name: "php", clearing: { by, isCertain } })
  })

  test.each([
    ["sudo -Eu app php"],
    ["sudo --preserve-env -u app php"],
    ["su app -c php"],
    ["runuser -u app -- php"],
    ["gosu app php"],
    ["env A=1 php"],
    ["exec -l php"],
  ])("%s loses no variables", (command) => {
    expect(app(command)).toMatchObject({ name: "php", clearing: null })
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
    const { kind, words } = app(command)
    expect(kind === "artisan" ? artisanPath(words) : null).toBe(path)
  })

  test("a name that is only an argument does not hide who a script starts", () => {
    expect(app("passing")).toMatchObject({ isDirect: false, userChanges: app("gosu app php").userChanges })
  })

  test("a script that starts itself comes to an end", () => {
    expect(app("loop").name).toBe("loop")
  })

  test("a script that starts itself often comes to an end, soon enough to wait for it", () => {
    expect(app("tree").userChanges.length).toBeGreaterThan(0)
  })
})
