# SPDX-License-Identifier: Apache-2.0
"""The arithmetic of a comparison: which peers are run, whether amplitudes agree, ratios and targets. Nothing here runs anything."""
import math
import random

from results import geometric_mean

# Circuits that fill the whole state: what the geometric means are over.
DENSE = ('qft', 'qv', 'rqc', 'hea', 'realamp', 'qaoa', 'qaoa_full', 'tfim', 'grover', 'qpe', 'clifford_t')
MOST = 20  # a ratio counts at most this much in a mean: no circuit alone makes it

# Against what, for which precision of Ketch: the least that each circuit of the dense set, and their mean, must reach. Each says how many
# times faster Ketch is. At 24 qubits and 2 threads.
TARGET_QUBITS, TARGET_THREADS = 24, 2
TARGETS = (
    {'ketch': 'fp64', 'against': 'best fp64', 'each': 4, 'mean': 10},
    {'ketch': 'fp64', 'against': 'qsim fp32', 'each': 0.75, 'mean': 3},
    {'ketch': 'fp32', 'against': 'best', 'each': 1.5, 'mean': 5},
)

# The largest difference of two amplitudes that is rounding, in terms of the root mean square of those compared.
TOLERANCE = {'fp64': 1e-9, 'fp32': 1e-3}


# ── Which peers ──────────────────────────────────────────────────────────────────────────────────────────────────────────

def forms_of(peers, name, precisions):
    """The precisions in which a peer is run: those asked for that it has, else what it has (qsim knows fp32 alone)."""
    return [precision for precision in peers[name] if precision in precisions] or list(peers[name])


def choose(peers, stored, precisions, count=3):
    """[(peer, precision), ...]: the `count` peers that are the fastest by the `stored` seconds of one circuit, each in every precision
    asked for. `peers` is {name: its precisions}; one without stored seconds comes last."""
    def seconds(name):
        return min(stored.get(f'{name} {precision}', math.inf) for precision in forms_of(peers, name, precisions))
    return [(name, precision) for name in sorted(peers, key=seconds)[:count] for precision in forms_of(peers, name, precisions)]


# ── Whether amplitudes agree ─────────────────────────────────────────────────────────────────────────────────────────────

def pick_states(qubits, outcomes, seed, count=64):
    """Basis states to compare: half are outcomes that came (in a state of few amplitudes others would all be 0), the rest random."""
    draw = random.Random(f'states {qubits} {seed}')
    states = list(dict.fromkeys(outcomes))[:count // 2]
    count = min(count, 1 << qubits)
    while len(states) < count:
        state = draw.getrandbits(qubits)
        if state not in states:
            states.append(state)
    return states


def deviation(wanted, got):
    """The largest difference between amplitudes once a common phase is taken off, by the root mean square of those wanted. All of
    `wanted` being 0 there is nothing to compare: infinite."""
    scale = math.sqrt(math.fsum(abs(a) ** 2 for a in wanted) / len(wanted))
    if scale == 0 or len(wanted) != len(got):
        return math.inf
    overlap = sum(a * complex(b).conjugate() for a, b in zip(wanted, got))
    phase = overlap / abs(overlap) if overlap else 1
    worst = max(abs(a - phase * b) for a, b in zip(wanted, got))
    return worst / scale if math.isfinite(worst) else math.inf


def agree(wanted, precision, amplitudes=None, probabilities=None):
    """(agrees, deviation) of what a simulator said of the same states as Ketch's amplitudes `wanted`; (None, None) if it said nothing; no
    deviation where they cannot be compared. Amplitudes are pairs of numbers, as in JSON."""
    wanted = [complex(*pair) for pair in wanted]
    if amplitudes is not None:
        off = deviation(wanted, [complex(*pair) for pair in amplitudes])
    elif probabilities is not None:
        off = deviation([abs(a) ** 2 for a in wanted], probabilities)
    else:
        return None, None
    return off <= TOLERANCE[precision], off if math.isfinite(off) else None


# ── Ratios and targets ───────────────────────────────────────────────────────────────────────────────────────────────────

def rivals(results, against):
    """Those results that a target is against: of one peer, of one precision, or any; never those without a target."""
    words = against.split()
    for result in results:
        if result['engine'] == 'ketch' or not result.get('target'):
            continue
        if words == ['best'] or words == ['best', result['precision']] or words == [result['engine'], result['precision']]:
            yield result


def ratios(results, target):
    """{circuit: (how many times faster Ketch is, the rival)} wherever both were measured and agree."""
    found = {}
    right = [result for result in results if result.get('seconds') and result.get('agrees') is not False]
    for result in right:
        if result['engine'] != 'ketch' or result['precision'] != target['ketch']:
            continue
        same = [other for other in right if other['circuit'] == result['circuit']]
        best = min(rivals(same, target['against']), key=lambda other: other['seconds'], default=None)
        if best:
            found[result['circuit']] = best['seconds'] / result['seconds'], best
    return found


def verdict(results, target):
    """{"mean", "least", "least_circuit", "count", "met"} over the dense set; met is None unless all of its circuits have a ratio."""
    found = {circuit: ratio for circuit, (ratio, _) in ratios(results, target).items() if circuit in DENSE}
    mean = geometric_mean(found.values(), MOST)
    least = min(found, key=found.get, default=None)
    met = None
    if len(found) == len(DENSE):
        met = mean >= target['mean'] and found[least] >= target['each']
    return {'mean': mean, 'least': found.get(least), 'least_circuit': least, 'count': len(found), 'met': met}
