# Completion of affectd, affectctl and affect-model for bash.
#
# It asks the command itself, by --help, so that it knows what the installed version knows. What is neither a
# subcommand, an option nor a value that the help names is completed as a file.

_affect_help() { "$@" --help 2>/dev/null; }

# The indented words under SUBCOMMANDS.
_affect_subcommands() {
    _affect_help "$@" | awk '/^SUBCOMMANDS:/ {on = 1; next} on && /^[^ ]/ {exit} on && /^  [a-z]/ {print $1}'
}

# Long options, where a line of the help begins with one.
_affect_options() { _affect_help "$@" | grep -oE '^ +(-[a-z], )?--[a-z][a-z-]*' | grep -oE -- '--[a-z-]+'; }

# What may stand behind an option: "--format text|json", or "(values: a, b; default: a)" in its description.
_affect_values() {
    local option=$1
    shift
    _affect_help "$@" | awk -v option="$option" '
        $1 == option {
            on = 1
            if ($2 ~ /^[a-z-]+(\|[a-z-]+)+$/) { gsub(/\|/, "\n", $2); print $2; exit }
        }
        on && $1 ~ /^-/ && $1 != option { exit }
        on { text = text " " $0 }
        END {
            if (match(text, /\(values: [^;)]*/)) {
                values = substr(text, RSTART + 9, RLENGTH - 9)
                gsub(/, +/, "\n", values)
                gsub(/ +/, "", values)
                print values
            }
        }'
}

# The keys of the sample configuration, as --set takes them.
_affect_keys() {
    awk '/^\[/ {section = substr($1, 2, length($1) - 2)}
        match($0, /^#?[a-z_]+ =/) {key = $1; sub(/^#/, "", key); print section "." key "="}' \
        "${AFFECT_CONFIG:-/etc/affectd/affectd.toml}" 2>/dev/null
}

_affect() {
    local command=$1 current=$2 previous=$3 word candidates deeper
    local -a subcommand=()
    COMPREPLY=()
    if [[ ${command##*/} != affectd ]]; then
        # A subcommand may have subcommands itself: affectctl model install.
        deeper=$(_affect_subcommands "$command")
        for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
            [[ $word != -* && $'\n'$deeper$'\n' == *$'\n'"$word"$'\n'* ]] || continue
            subcommand+=("$word")
            deeper=$(_affect_subcommands "$command" "${subcommand[@]}")
        done
    fi
    if [[ $current == -* ]]; then
        candidates=$(_affect_options "$command" "${subcommand[@]}")
    elif [[ ${command##*/} == affectd && $previous == --set ]]; then
        candidates=$(_affect_keys)
        compopt -o nospace 2>/dev/null
    elif [[ $previous == --* ]]; then
        candidates=$(_affect_values "$previous" "$command" "${subcommand[@]}")
    elif [[ ${command##*/} != affectd ]]; then
        candidates=$deeper
    fi
    # Nothing found leaves it to bash, which completes files.
    mapfile -t COMPREPLY < <(compgen -W "$candidates" -- "$current")
}

complete -o default -F _affect affectd affectctl affect-model
