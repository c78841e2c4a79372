"""A reader that goes away is an error, not silence."""
import os
import subprocess

for arguments in ['run --seed 1 --quiet --shots 1000000 --memory', 'run --quiet --format json --seed 1', 'draw', 'info', 'check', 'plan']:
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.Popen(['ketch', *arguments.split(), 'bell.qasm'], stdin=subprocess.DEVNULL, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    message = process.stderr.read().decode()
    print(arguments, process.wait(20), message, end='')
