ketch run --shots 0 --format csv --amplitudes 00 --precision fp64 bell.qasm
ketch run --shots 0 --format csv --amplitudes 00 --precision fp32 --engine reference bell.qasm
