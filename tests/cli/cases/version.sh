ketch --version
ketch --version --verbose
