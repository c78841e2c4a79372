for command in "run --seed 1 bell.qasm" "run --seed 1 --format json bell.qasm" "info bell.qasm" "draw bell.qasm" "check bell.qasm" "plan bell.qasm" gates "gates cx" help "help run" --version "completion bash"; do
    ketch $command > /dev/full
    echo "$? ketch $command"
done
