command -v fish > /dev/null || { echo 'fish is missing'; exit 77; }
ketch completion fish > ketch.fish
fish --no-config -c 'source ketch.fish; complete -C "ketch ch"; complete -C "ketch run --pr"; complete -C "ketch draw --format "; complete -C "ketch gates cx"'
