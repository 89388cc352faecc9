/** What the example's worker.yaml runs, which is another thing in other workloads. */
export const usualWorker = `After an hour the worker ends, and its pod
          # opens the configuration again.
          args: ["php", "artisan", "queue:work", "--sleep=1", "--tries=3", "--max-time=3600"]
`

/** How the example's worker.yaml ends in an image that is stopped for php-fpm. */
export const workerStop = `          lifecycle:
            # The image is stopped with SIGQUIT, for php-fpm. A worker ends after its job on SIGTERM, and as process 1
            # it never gets a signal that it does not take: it would be killed when the grace period is over.
            preStop:
              exec: { command: ["sh", "-c", "kill -TERM 1"] }
`
