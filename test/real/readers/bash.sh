# shellcheck shell=bash disable=SC1090 # What it sources is made by the test.
# Sources 0.env, 1.env, … of the working directory, each in its own subshell, and leaves what is exported then
# in 0.out, 1.out, … with a NUL after each. Text between live backticks is run, hence without a PATH.
printf '%s' "${BASH_VERSION%%(*}" >version
for ((i = 0; ; i++)); do
  [ -f "$i.env" ] || break
  (
    set -a
    . "./$i.env"
    /usr/bin/env -0 >"$i.out"
  ) </dev/null >/dev/null 2>&1
done
exit 0
