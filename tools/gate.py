"""The gate: what must hold before a change goes in

    python tools/gate.py                     # everything
    python tools/gate.py 01_attacks index    # only these notebooks' tests
    python tools/gate.py site wheel          # only these checks; `checks` means all of them
    python tools/gate.py --flags slow        # with the cells marked `#| slow`
    python tools/gate.py --slow 5            # names the cells that take five seconds or more

Every notebook runs in a process of its own, through nbdev's `test_nb` (tools/testing.py, tools/child.py),
forked from one that has imported the big libraries (tools/warm.py). What is
counted: each code cell outside the exported ones that asserts something when it runs (`assert`, or a `test_…(` of
fastcore.test) and ran without error, and each check of the files tools/checks_*.py. The first cell that raises,
whatever it holds, counts as failed and ends its notebook. A notebook fails too whose visible cells print something and
have no output stored. Nothing here writes to what is under version control. The last line is `N passed, M failed`,
and the exit status is 1 unless M is 0.
"""
import argparse
import os
import signal
import sys
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial

from checks_code import check_clean, check_export, check_limits, check_ruff, check_style, check_version, check_wheel
from checks_numbers import check_numbers, check_printed
from checks_pages import check_docs, check_outputs, check_readme, check_references, check_site
from common import CFG, ROOT, is_export, notebooks, read
from processes import Failed, compiled_once, heartbeat, kill_all, say, tail
from testing import test_notebook
from warm import Warm

CHECKS = [check_export, check_clean, check_ruff, check_limits, check_style, check_wheel, check_version, check_outputs,
          check_readme, check_site, check_references, check_numbers, check_printed, check_docs]


def name_of(check): return check.__name__.removeprefix('check_')

def run_check(check, limit):
    "Run one check; returns whether it passed, whether it failed"
    start,why = time.time(),None
    try: check(limit)
    except Failed as e: why = str(e)
    except Exception: why = f'broke off:\n{tail(traceback.format_exc())}'
    say(f"  {'FAIL' if why else 'ok  '} {check.__doc__}, {time.time()-start:.1f} s" + (f'\n  {why}' if why else ''))
    return int(not why),int(bool(why))

def run_checks(checks, limit):
    "Run checks, one after the other; returns how many passed, how many failed"
    return tuple(sum(o) for o in zip((0,0), *(run_check(c, limit) for c in checks)))

def turn(path):
    "How early a notebook begins: pages that only run commands, which take long for their size, then the others by size"
    code = [c for c in read(path)['cells'] if c['cell_type']=='code']
    return not any(map(is_export, code)),sum(len(''.join(c['source'])) for c in code)

def pick(names):
    "The checks and the notebooks that names mean; all, if there are none"
    files = notebooks()
    if not names: return CHECKS,files
    keys = [n.removesuffix('.ipynb') for n in names]
    stems,checks = [p.stem for p in files],[*map(name_of, CHECKS)]
    if lost := sorted(set(keys)-{'checks', *stems, *checks}):
        there = ', '.join([*stems, *checks])
        sys.exit(f"gate: no notebook in nbs/ and no check {', '.join(lost)}; there are {there}")
    return [c for c in CHECKS if name_of(c) in keys or 'checks' in keys],[p for p in files if p.stem in keys]

def run_together(jobs, workers):
    "Run functions, some at a time; returns (passed, failed) of each"
    pool = ThreadPoolExecutor(workers)
    try: return list(pool.map(lambda job: job(), jobs))
    except BaseException: # a stop from outside must not leave notebooks running
        pool.shutdown(wait=False, cancel_futures=True)
        kill_all()
        raise

def gate(names, flags, limit, workers, slow=None):
    "Run everything, or what names mean; returns the numbers of passed and failed"
    if not notebooks(): sys.exit('gate: there are no notebooks in nbs/')
    checks,files = pick(names)
    threading.Thread(target=heartbeat, daemon=True).start()
    without = f"cells marked {CFG['tst_flags'].replace(' ', ', ')} are left out"
    say(f"Checks: {len(checks)}; notebooks: {len(files)}, {workers} at a time, {f'with {flags}' if flags else without}")
    with Warm() if files else nullcontext() as warm:
        tests = [partial(test_notebook, p, flags, limit, warm, slow) for p in sorted(files, key=turn, reverse=True)]
        return [sum(o) for o in zip(*run_together([partial(run_checks, checks, limit),*tests], workers))]

def arguments():
    "What the command line says"
    last = 'The last line is `N passed, M failed`.'
    a = argparse.ArgumentParser(description='Run every check and every test', epilog=last)
    a.add_argument('names', nargs='*', help='notebooks, such as 01_attacks, and checks, such as site; none: all')
    a.add_argument('--flags', default='', help='flags of cells to run that are else left out, such as slow')
    a.add_argument('--limit', type=int, default=900, help='seconds that a notebook, or a check, may take')
    a.add_argument('--slow', type=float, help='name the cells that take so many seconds or more')
    a.add_argument('--workers', type=int, default=2, help='notebooks at a time')
    return a.parse_args()

def main():
    a = arguments()
    os.chdir(ROOT)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    start = time.time()
    with compiled_once(): passed,failed = gate(a.names, a.flags, a.limit, a.workers, a.slow)
    say(f'Took {time.time()-start:.0f} s')
    say(f'{passed} passed, {failed} failed')
    sys.exit(failed>0)


if __name__=='__main__': main()
