"""ketch explain: every code, and its examples do what they are said to do."""
import re
import subprocess


def ketch(*arguments, text=''):
    return subprocess.run(['ketch', *arguments], input=text, capture_output=True, text=True)


codes = [line.split()[0] for line in ketch('explain').stdout.splitlines()]
assert len(codes) > 80 and len(set(codes)) == len(codes), codes
together = ketch('explain', '--color', 'always', *codes)
assert together.returncode == 0 and together.stdout.count('\033[1mKQ') == len(codes)
examples = 0
for code in codes:
    text = ketch('explain', code).stdout
    assert text.startswith(code + ': '), text
    found = re.search(r'\n  after    (.*)\n  wrong    (.*)\n  right    (.*)\n', text)
    if not found:
        continue
    context, wrong, right = found.groups()
    examples += 1
    refused = ketch('check', '-', text=f'{context}\n{wrong}\n')
    errors = re.findall(r'error\[(\w+)\]', refused.stderr)
    if errors != [code] or f'exit code {refused.returncode}.' not in text:
        print(f'{code}: `{wrong}` gives {errors} and exit code {refused.returncode}')
    accepted = ketch('check', '-', text=f'{context}\n{right}\n')
    if accepted.returncode or accepted.stderr:
        print(f'{code}: `{right}` gives {accepted.stderr}')
assert examples > 15
for arguments in (['301'], ['kq0301', 'KQ1008'], ['KQ0100'], ['gate'], ['']):
    done = ketch('explain', *arguments)
    print('$ ketch explain', *arguments, f'\n{done.stdout}{done.stderr}exit {done.returncode}')
