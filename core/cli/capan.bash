# SPDX-License-Identifier: MIT
# bash completion for capan(1)
_capan() {
    local cur prev words cword
    _init_completion -s || return
    case $prev in
        --format) COMPREPLY=($(compgen -W 'text csv json ndjson sarif junit svg xplot' -- "$cur")); return ;;
        --fail-on) COMPREPLY=($(compgen -W 'chat note warn error' -- "$cur")); return ;;
        --cache) COMPREPLY=($(compgen -W 'private shared' -- "$cur")); return ;;
        --script) _filedir seg; return ;;
        --finding) return ;;
        --baseline) _filedir ndjson; return ;;
        --chart) COMPREPLY=($(compgen -W 'time-sequence outstanding round-trips throughput window' -- "$cur")); return ;;
        --direction) COMPREPLY=($(compgen -W 'c2s s2c' -- "$cur")); return ;;
        --by) COMPREPLY=($(compgen -W 'exchange host target change cause place' -- "$cur")); return ;;
        --color) COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
        --stream | --frame | --where | --columns | --limit | --set | --unset | --memory | --threads | --file-limit | --output-limit | -f | --filter) return ;;
        -o | --output) if [[ " ${words[*]} " == *' objects '* ]]; then _filedir -d; else _filedir; fi; return ;;
    esac
    if [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W '--format --read --filter --keylog --stream --frame --where --columns --limit --fail-on --baseline --finding --script --quiet --color --no-http
            --shared-cache --no-sandbox --profile --chart --direction --cache --set --unset --by --memory --threads --output --file-limit --output-limit --version --help' -- "$cur"))
        return
    fi
    [[ $cword -eq 1 ]] && COMPREPLY=($(compgen -W 'help summary segments connections exchanges pages findings explain har objects plot report whatif etags prove stitch diff reduce' -- "$cur"))
    _filedir '@(pcap|pcapng|cap|ndjson|json)?(.gz)'
}
complete -F _capan capan
