"""Every option that help lists is used by some case."""
import os
import pathlib
import re
import subprocess

used = ' '.join(path.read_text() for path in pathlib.Path(os.environ['PYTHONPATH'], 'cases').iterdir() if path.suffix in ('.sh', '.py'))
commands = re.findall(r'^  (\w+)  ', subprocess.run(['ketch', 'help'], capture_output=True, text=True, check=True).stdout, re.M)
assert len(commands) == 12, commands
for command in commands:
    text = subprocess.run(['ketch', 'help', command], capture_output=True, text=True, check=True).stdout
    options = re.findall(r'^  (?:-\w, |    )(--[\w-]+)', text, re.M)
    assert '--help' in options
    for option in options:
        if not re.search(option + r'(?![\w-])', used):
            print(f'ketch {command} {option} is used by no case')
