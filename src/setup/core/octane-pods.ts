import { type OctaneServer, octanePort } from "./octane.ts"
import { workerStop } from "./worker-lines.ts"

const fpmProbe = `exec: { command: ["php", "-n", "-r", "exit((int) !@fsockopen('127.0.0.1', 9000));"] }`
const grace = `      # Longer than preStop and process_control_timeout in php-fpm.conf together: what was asked gets its answer.
      terminationGracePeriodSeconds: 30
`
const startNote = `          # Laravel boots once for config:cache. Until this has passed, the other probe waits. php-fpm listens to its own
          # pod alone, so it is asked from inside.
`
const lifeNote = "# That php-fpm takes connections."
const preStop = `          # Longer than nginx's: it takes requests to the last.
          lifecycle:
            preStop:
              exec: { command: ["sleep", "6"] }
`
const limitNote = `            # The volumes in memory count here.
`
const sizeNote = `      # The one place for the size of an upload: PHP has no limit of its own. Five at once fit into the app's /tmp.
      client_max_body_size 10m;
`
const fastcgi = `        include fastcgi_params;
        fastcgi_param DOCUMENT_ROOT /var/www/html/public;
        fastcgi_param SCRIPT_FILENAME /var/www/html/public/index.php;
        fastcgi_param SCRIPT_NAME /index.php;
        # A request's header \`Proxy\` is no variable for the app (httpoxy).
        fastcgi_param HTTP_PROXY "";
        # Room for the cookies of a session.
        fastcgi_buffer_size 32k;
        fastcgi_buffers 16 16k;
        fastcgi_pass 127.0.0.1:9000;
`

/** What of the example's worker.yaml is php-fpm's: an image of Octane is stopped with the worker's own signal. */
export const octaneWorker: Readonly<Record<string, string>> = { [workerStop]: "" }

/** Established connections of the port, as /proc/net/tcp has them. */
const connections = `:${octanePort.toString(16).toUpperCase().padStart(4, "0")} [0-9A-F]*:[0-9A-F]* 01 `

/** What of the example's web.yaml is php-fpm's, and what takes its place where Octane answers. */
export function octanePods(server: OctaneServer): Readonly<Record<string, string>> {
  return {
    "# The web app: nginx in front of php-fpm, which": "# The web app: nginx in front of Octane, which",
    [grace]: `      # Longer than preStop and the end of Octane together: what was asked gets its answer.
      terminationGracePeriodSeconds: 45
`,
    [startNote]: `          # Laravel boots for config:cache, and in each worker. Until this has passed, the other probe waits. Octane is asked
          # from inside, as nginx asks it.
`,
    [fpmProbe]: fpmProbe.replace("9000", String(octanePort)),
    [lifeNote]: "# That Octane takes connections.",
    [preStop]: `          # Longer than nginx's: it takes requests to the last. Octane ends its workers without waiting for them, so it is
          # asked to only when none of nginx's connections is open any more: each is of one request.
          lifecycle:
            preStop:
              exec:
                command:
                  - sh
                  - -c
                  - |
                    sleep 6
                    for _ in $(seq 30); do
                      grep -q '${connections}' /proc/net/tcp /proc/net/tcp6 || break
                      sleep 1
                    done
`,
    [limitNote]: `            # The volumes in memory count here. boot.sh makes workers of what is left.
`,
    ...(server === "swoole" ? { [sizeNote]: swooleSize } : {}),
    [fastcgi]: `        proxy_pass http://127.0.0.1:${octanePort};
        # A connection is of one request: preStop of the app counts them.
        proxy_http_version 1.1;
        proxy_set_header Connection close;
        proxy_set_header Host $http_host;
        proxy_set_header Scheme $scheme;
        proxy_set_header SERVER_PORT $server_port;
        proxy_set_header REMOTE_ADDR $remote_addr;
        proxy_set_header X-Forwarded-For $forwarded_for;
        # A request's header \`Proxy\` is no variable for the app (httpoxy).
        proxy_set_header Proxy "";
        # Room for the cookies of a session.
        proxy_buffer_size 32k;
        proxy_buffers 16 16k;
`,
    "  default.conf: |\n": `  default.conf: |
    # What a load balancer says of who asks stays as it is. To Octane, nginx is who asks: trust 127.0.0.1 or all proxies.
    map $http_x_forwarded_for $forwarded_for {
      "" $remote_addr;
      default $http_x_forwarded_for;
    }
`,
  }
}

const swooleSize = `      # The one place for the size of an upload, within the 10 MiB of a whole request that Octane lets Swoole take
      # (package_max_length in config/octane.php).
      client_max_body_size 9m;
`
