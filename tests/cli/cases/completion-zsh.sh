command -v zsh > /dev/null || { echo 'zsh is missing'; exit 77; }
mkdir functions
ketch completion zsh > functions/_ketch
# compinit takes the function up, and every specification is one that _arguments accepts.
zsh -f -c 'fpath=($PWD/functions $fpath); autoload -Uz compinit; compinit -u -D; whence -w _ketch; print $_comps[ketch]'
zsh -n functions/_ketch && echo fine
