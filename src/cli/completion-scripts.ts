/** What each shell runs at a Tab. The program itself knows what may stand there, so that a script does not age. */
export const completionScripts = {
  bash: `# envseal completion for bash: put it into ~/.bashrc as
#   source <(envseal completion bash)
_envseal() {
  local line files=no
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :files ]]; then files=yes; else COMPREPLY+=("\${line%%$'\\t'*}"); fi
  done < <(envseal __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  # Bash 3 has no compopt, and offers files where nothing else is known.
  [[ $files == yes ]] || compopt +o default 2>/dev/null
}
complete -o default -F _envseal envseal
`,
  zsh: `#compdef envseal
# envseal completion for zsh: put it into ~/.zshrc, behind compinit, as
#   source <(envseal completion zsh)
_envseal() {
  local -a lines candidates
  local line
  lines=("\${(@f)$(envseal __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ \${lines[1]} == :files ]]; then
    _files
    return
  fi
  for line in $lines; do
    candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe -V envseal candidates
}
if [[ \${funcstack[1]} == _envseal ]]; then
  _envseal "$@"
else
  compdef _envseal envseal
fi
`,
  fish: `# envseal completion for fish: put it into ~/.config/fish/config.fish as
#   envseal completion fish | source
function __envseal_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -e words[1]
  set -l lines (envseal __complete -- $words "$current" 2>/dev/null)
  if test "$lines[1]" = :files
    __fish_complete_path "$current"
    return
  end
  printf '%s\\n' $lines
end
complete -c envseal -f -a '(__envseal_complete)'
`,
} as const
