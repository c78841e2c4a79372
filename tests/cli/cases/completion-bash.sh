eval "$(ketch completion bash)"
complete_for() {
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    _ketch
    printf '%s\n' "$*" "${COMPREPLY[@]}" | paste -s -d ' '
}
complete_for ketch ''
complete_for ketch ch
complete_for ketch run --pr
complete_for ketch run --format ''
complete_for ketch draw --format ''
complete_for ketch run -f j
complete_for ketch run bel
complete_for ketch run --out bel
complete_for ketch run --shots ''
complete_for ketch gates rx
complete_for ketch help ga
complete_for ketch completion ''
