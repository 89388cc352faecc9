# shellcheck shell=bash
# Sourced by the scripts that build a part from source, at the top of the repository. Finished parts are kept for the
# machine's other clones, in a folder named by everything that they are made of, for a build takes minutes.

# Puts a part into .cache.
#   place_part PART VERSION FILE...   what it is made of, beside the compiler
# What is not kept yet is built by the function `build_into`, which gets an empty folder.
place_part() {
  local part=$1 version=$2 target="$PWD/.cache/$1" made_of name kept
  shift 2
  made_of=$({ cat "$@" "${BASH_SOURCE[0]}" && go version; } | sha256sum)
  name="$version-${made_of:0:12}"
  [[ "$(cat "$target/version" 2>/dev/null)" == "$name" ]] && return
  kept="${XDG_CACHE_HOME:-$HOME/.cache}/envseal/$part-$name"
  [[ -s "$kept/version" ]] || keep_part "$kept" "$name"
  rm -rf "$target"
  mkdir -p "$(dirname "$target")"
  cp -rl "$kept" "$target" 2>/dev/null || { rm -rf "$target" && cp -r "$kept" "$target"; }
}

# Whatever stops it half way leaves no folder under the final name.
keep_part() {
  local work
  mkdir -p "$(dirname "$1")"
  work=$(mktemp -d "$1.XXXXXX")
  # shellcheck disable=SC2064 # The folder's name of now is meant.
  trap "rm -rf '$work'" EXIT
  build_into "$work"
  printf %s "$2" >"$work/version"
  chmod 755 "$work"
  [[ -e "$1" ]] || mv "$work" "$1"
}

# The version of a module that a go.mod requires.
#   required FILE MODULE
required() {
  awk -v module="$2" '$1 == module { print $2 }' "$1"
}
