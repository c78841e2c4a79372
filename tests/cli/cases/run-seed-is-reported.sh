ketch run bell.qasm > /dev/null
ketch run --quiet bell.qasm > /dev/null
ketch run --format csv bell.qasm > /dev/null
ketch run --format json bell.qasm > /dev/null # the seed is in the object run
