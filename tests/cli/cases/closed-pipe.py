"""A reader that goes away is an error, not silence."""
import subprocess

for arguments in ['run --seed 1 --quiet --shots 1000000 --memory', 'run --quiet --format json --seed 1', 'draw', 'info', 'check', 'plan']:
    process = subprocess.Popen(['ketch', *arguments.split(), 'bell.qasm'], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    message = process.stderr.read().decode()
    print(arguments, process.wait(20), message, end='')
