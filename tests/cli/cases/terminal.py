"""Colours, bars and progress on terminals, and only there."""
import signal
import subprocess

from support import on_terminal, without_colors

colored, code = on_terminal(['ketch', 'run', '--seed', '1', 'bell.qasm'])
assert code == 0 and '\033[' in colored and '█' in colored, colored
assert max(len(line) for line in without_colors(colored).splitlines()) <= 80

wide, _ = on_terminal(['ketch', 'run', '--seed', '1', 'bell.qasm'], columns=40)
assert 30 <= max(len(line) for line in without_colors(wide).splitlines()) <= 40, wide

plain, _ = on_terminal(['ketch', 'run', '--seed', '1', 'bell.qasm'], environment={'NO_COLOR': '1'})
assert '\033[' not in plain and plain == without_colors(colored), plain
empty, _ = on_terminal(['ketch', 'run', '--seed', '1', 'bell.qasm'], environment={'NO_COLOR': ''})
assert empty == colored, empty
never, _ = on_terminal(['ketch', 'run', '--seed', '1', '--color', 'never', 'bell.qasm'])
assert never == plain, never
dumb, _ = on_terminal(['ketch', 'run', '--seed', '1', 'bell.qasm'], environment={'TERM': 'dumb'})
assert '\033[' not in dumb and '#' in dumb and dumb.isascii(), dumb
latin, _ = on_terminal(['ketch', 'draw', 'bell.qasm'], environment={'LC_ALL': 'de_DE.ISO-8859-1'})
assert latin.isascii(), latin

# Messages in colour say the same as messages without.
for arguments in (['check', 'semantics.qasm'], ['run', '--nonsense'], ['run', 'rotation.qasm']):
    shown, _ = on_terminal(['ketch', *arguments])
    piped = subprocess.run(['ketch', *arguments], capture_output=True).stderr.decode()
    assert '\033[1;31merror' in shown and without_colors(shown) == piped, (shown, piped)

# Drawings fit.
for columns in (50, 80, 160):
    drawn, _ = on_terminal(['ketch', 'draw', 'everything.qasm'], columns=columns)
    assert columns - 25 < max(len(line) for line in drawn.splitlines()) <= columns or columns == 160, drawn

# Progress, on terminals alone, and gone at the end.
gates = ''.join(f'ry(0.{i % 9 + 1}) q[{i % 20}]; cx q[{i % 20}],q[{(i + 7) % 20}];\n' for i in range(600))
open('slow.qasm', 'w').write(f'OPENQASM 2.0; include "qelib1.inc"; qreg q[20];\n{gates}')
shown, _ = on_terminal(['ketch', 'run', '--seed', '1', '--progress', '--top', '1', '--color', 'never', 'slow.qasm'])
assert 'slow.qasm: simulate [' in shown and '%' in shown, shown
assert shown.split('\r\033[K')[-1].startswith(('ketch: note', 'outcome')), shown
piped = subprocess.run(['ketch', 'run', '--seed', '1', '--progress', '--top', '1', 'slow.qasm'], capture_output=True)
assert b'simulate' not in piped.stderr and b'\033' not in piped.stdout + piped.stderr, piped

# Ctrl-C clears the bar before it says what happened.
open('slower.qasm', 'w').write(f'OPENQASM 2.0; include "qelib1.inc"; qreg q[23];\n{gates * 60}')
shown, code = on_terminal(['ketch', 'run', '--progress', '--color', 'never', 'slower.qasm'], sends=(1.0, signal.SIGINT))
assert code == 130 and shown.split('\r\033[K')[-1].startswith('ketch: error: interrupted by SIGINT while simulating slower.qasm'), (code, shown)
