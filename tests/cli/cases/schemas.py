"""Every JSON that the command writes is what docs/*.schema.json says."""
import json
import os
import pathlib
import subprocess
import sys

try:
    import jsonschema
except ImportError:
    print('the Python package jsonschema is missing')
    sys.exit(77)

schemas = {path.name.split('.')[0]: json.loads(path.read_text()) for path in pathlib.Path(os.environ['SCHEMAS']).glob('*.schema.json')}
for schema in schemas.values():
    jsonschema.Draft202012Validator.check_schema(schema)


def valid(name, *arguments, stream='stdout', code=0):
    done = subprocess.run(['ketch', *arguments], capture_output=True)
    assert done.returncode == code, (arguments, done)
    text = getattr(done, stream).decode()
    documents = [json.loads(line) for line in text.splitlines()] if 'jsonl' in arguments or stream == 'stderr' else [json.loads(text)]
    for document in documents:
        for one in document if isinstance(document, list) else [document]:
            jsonschema.Draft202012Validator(schemas[name]).validate(one)
    assert documents
    return documents


everything = ['--memory', '--probabilities', '--amplitudes', 'all']
for form in ('json', 'jsonl'):
    for options in ([], everything, ['--no-run-info'], ['--shots', '0', '--probabilities'], ['--top', '1', '--order', 'msb'], ['--precision', 'fp32']):
        valid('result', 'run', '--format', form, *options, 'bell.qasm', 'asymmetric.qasm', 'ghz.qasm')
    valid('result', 'run', '--format', form, 'dynamic.qasm')
    valid('result', 'run', '--format', form, '--engine', 'planned', '--tile', '7', '--without', 'stages,cache', 'dynamic.qasm')
    valid('info', 'info', '--format', form, 'bell.qasm')
    valid('info', 'info', '--format', form, 'bell.qasm', 'everything.qasm', 'rotation.qasm')
    valid('gates', 'gates', '--format', form)
    valid('gates', 'gates', '--format', form, 'cx', 'u2')
    for name in ('bell.qasm', 'asymmetric.qasm', 'conditions.qasm', 'dynamic.qasm'):
        for engine in ('planned', 'reference'):
            valid('plan', 'plan', '--engine', engine, '--format', form, name)
    valid('plan', 'plan', '--format', form, '--param', 'theta=1', '--precision', 'fp32', 'everything.qasm')
    valid('plan', 'run', '--dry-run', '--format', form, 'bell.qasm', 'dynamic.qasm')
circuits = ('bell.qasm', 'asymmetric.qasm', 'conditions.qasm', 'dynamic.qasm', 'everything.qasm', 'rotation.qasm', 'ghz.qasm')
for name in circuits:
    valid('circuit', 'convert', '--to', 'json', name)
for name in ('loop.qasm', 'typed.qasm', 'dynamic.qasm'):
    valid('circuit', 'convert', '--to', 'json', '--unroll', 'none', name)
    valid('info', 'info', '--format', 'json', name)
bell = valid('circuit', 'convert', '--to', 'json', 'bell.qasm')[0]
for breakage in (lambda d: d.pop('cells'), lambda d: d['operations'][0].pop('gate'), lambda d: d['operations'][0].update(qubit=1), lambda d: d['operations'][2].update(operation='gate')):
    broken = json.loads(json.dumps(bell))
    breakage(broken)
    assert not jsonschema.Draft202012Validator(schemas['circuit']).is_valid(broken), breakage
valid('message', 'check', '--error-format', 'json', 'semantics.qasm', 'syntax.qasm', 'missing.qasm', stream='stderr', code=4)
for name in (b'missing\xff.qasm', b'\xed\xa0\x80\xf4\x90\x80\x80\xc0\xaf', 'größe\t"\\.qasm'):  # any bytes give valid JSON
    valid('message', 'check', '--error-format', 'json', name, stream='stderr', code=1)
    valid('message', 'run', '--error-format', 'json', b'--' + os.fsencode(name), stream='stderr', code=2)
valid('message', 'run', '--error-format', 'json', '--nonsense', stream='stderr', code=2)
valid('message', 'run', '--error-format', 'json', 'ghz.qasm', stream='stderr')

# The promise: `result` is the same, whatever happens in `run`.
first, second = (valid('result', 'run', '--seed', '7', '--threads', threads, '--format', 'json', *everything, 'bell.qasm')[0] for threads in '12')
assert first['result'] == second['result'] and first['run']['threads'] == 1 and second['run']['threads'] == 2
assert 'run' not in valid('result', 'run', '--format', 'json', '--no-run-info', 'bell.qasm')[0]

# What must not validate does not.
for breakage in (lambda d: d.pop('schema'), lambda d: d['result'].pop('qubits'), lambda d: d['result']['counts'].update({'2': 1}), lambda d: d.update(extra=1)):
    broken = json.loads(json.dumps(first))
    breakage(broken)
    assert not jsonschema.Draft202012Validator(schemas['result']).is_valid(broken), breakage
plan = valid('plan', 'plan', '--format', 'json', 'conditions.qasm')[0]
for breakage in (lambda d: d.pop('segments'), lambda d: d.update(extra=1), lambda d: d['steps'][0].update(extra=1), lambda d: d['steps'][0].pop('operation')):
    broken = json.loads(json.dumps(plan))
    breakage(broken)
    assert not jsonschema.Draft202012Validator(schemas['plan']).is_valid(broken), breakage
print('fine')
