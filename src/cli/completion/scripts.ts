import type { Shell } from './shells.js'

/*
 * Each script calls `spoold __complete SHELL -- WORDS…`. The first line of the output is `words`, `files`, `directories` or
 * `commands`; after `words` follows one line per word, in zsh and fish with a description after a tab. Neither the typed
 * words nor the output is ever evaluated: they are only elements of arrays.
 */

/**
 * Supports Bash 3.2 of macOS. Bash also splits words at `@`, `=` and `:`, so they are joined again by the spaces of the
 * line; readline replaces only the part after the last `=` or `:`, or from the last `@`.
 */
const BASH = `# spoold: completion for bash. In ~/.bashrc: source <(spoold completion bash)
_spoold() {
  local rest="\${COMP_LINE:0:COMP_POINT}" word line mark kind= cut= i
  local -a typed=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    if ((i == 0)) || [[ "$rest" == [[:space:]]* ]]; then
      rest="\${rest#"\${rest%%[![:space:]]*}"}"
      typed+=('')
    fi
    ((i == COMP_CWORD)) && word="$rest"
    typed[\${#typed[@]}-1]+="$word"
    rest="\${rest#"$word"}"
  done
  local current="\${typed[\${#typed[@]}-1]}"
  for mark in : =; do
    [[ "$COMP_WORDBREAKS" == *$mark* && "$current" == *$mark* ]] || continue
    word="\${current%"\${current##*$mark}"}"
    ((\${#word} > \${#cut})) && cut="$word"
  done
  if [[ "$COMP_WORDBREAKS" == *@* && "$current" == *@* ]]; then
    word="\${current%@*}"
    ((\${#word} > \${#cut})) && cut="$word"
  fi
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ -z "$kind" ]]; then
      kind="$line"
    else
      printf -v word '%q' "\${line#"$cut"}"
      COMPREPLY+=("$word")
    fi
  done < <(command spoold __complete bash -- "\${typed[@]:1}" 2>/dev/null </dev/null)
  local action=
  case "$kind" in
    files) action=-f ;;
    directories) action=-d ;;
    commands) action=-c ;;
  esac
  if [[ -n "$action" ]]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r line; do
      COMPREPLY+=("$line")
    done < <(compgen "$action" -- "\${current#"$cut"}")
  fi
}
complete -o nosort -F _spoold spoold 2>/dev/null || complete -F _spoold spoold
`

const ZSH = `#compdef spoold
# spoold: completion for zsh. In ~/.zshrc: source <(spoold completion zsh)
_spoold() {
  local line kind
  local -a answer values shown
  answer=("\${(@f)$(command spoold __complete zsh -- "\${(@)words[2,CURRENT-1]}" "$PREFIX" 2>/dev/null </dev/null)}")
  kind=$answer[1]
  case $kind in
    files) _files ;;
    directories) _files -/ ;;
    commands) _command_names -e ;;
    words)
      for line in "\${(@)answer[2,-1]}"; do
        values+=("\${line%%$'\\t'*}")
        shown+=("\${line/$'\\t'/  }")
      done
      compadd -V spoold -l -d shown -a -- values
      ;;
  esac
}
if [[ \${funcstack[1]} == _spoold ]]; then
  _spoold "$@"
else
  (( \${+functions[compdef]} )) || { autoload -Uz compinit && compinit }
  compdef _spoold spoold
fi
`

const FISH = `# spoold: completion for fish. Once: spoold completion fish > ~/.config/fish/completions/spoold.fish
function __spoold_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l answer (command spoold __complete fish -- $before[2..-1] "$current" 2>/dev/null </dev/null)
    switch "$answer[1]"
        case files
            __fish_complete_path "$current"
        case directories
            __fish_complete_directories "$current"
        case commands
            __fish_complete_command
        case words
            set -e answer[1]
            set -q answer[1]; and printf '%s\\n' $answer
    end
end
complete -c spoold -f -k -a '(__spoold_complete)'
`

/** The completion script of each shell. */
export const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH }
