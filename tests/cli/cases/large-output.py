"""Many shots, one a line, in order, and the memory adds up to the counts."""
import collections
import json
import subprocess

arguments = ['ketch', 'run', '--quiet', '--seed', '4', '--shots', '200000', '--memory', 'ghz.qasm']
document = json.loads(subprocess.run([*arguments, '--format', 'json'], capture_output=True, check=True).stdout)
memory = document['result']['memory']
assert len(memory) == 200000 and collections.Counter(memory) == document['result']['counts']
text = subprocess.run(arguments, capture_output=True, check=True).stdout.decode()
assert text.split('memory\n')[1].split() == memory
csv = subprocess.run([*arguments, '--format', 'csv'], capture_output=True, check=True).stdout.decode()
assert [line.split(',')[1] for line in csv.split('shot,outcome\n')[1].split()] == memory
print('fine')
