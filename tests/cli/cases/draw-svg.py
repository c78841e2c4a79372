"""The SVG is well-formed and has a label for each box."""
import subprocess
import xml.etree.ElementTree as tree

text = subprocess.run(['ketch', 'draw', '--format', 'svg', 'everything.qasm'], capture_output=True, check=True).stdout
root = tree.fromstring(text)
assert root.tag == '{http://www.w3.org/2000/svg}svg' and float(root.get('width')) > 400, root.attrib
words = [element.text for element in root.iter('{http://www.w3.org/2000/svg}text')]
for word in ['H', 'Rx(theta)', 'Rz(-3π/4)', 'S†', '|0>', 'M', 'if a == 1', 'else', 'end', 'flag', 'q[2]', 'anc', 'global phase: π/4']:
    assert word in words, (word, words)
circles = [element.get('class') for element in root.iter('{http://www.w3.org/2000/svg}circle')]
assert circles.count('off') == 1 and circles.count('on') >= 4, circles
subprocess.run(['ketch', 'draw', '--format', 'svg', '--out', 'drawing.svg', 'everything.qasm'], check=True)
assert open('drawing.svg', 'rb').read() == text
print('fine')
