"Processes with a time limit: none outlives it, or the program that started it"
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from unittest import mock

from common import ROOT

TAIL = 25 # lines of a traceback to show


class Failed(Exception):
    "A check that did not pass; its message says what is wrong and what to do"


def say(*a): print(' '.join(map(str, a))+'\n', end='', flush=True) # one write, whoever else says something

def tail(s, n=TAIL): return '\n'.join(f'    {o}' for o in s.strip().splitlines()[-n:])


running = {} # number of a process -> what it runs and since when

def one_thread():
    "The environment of a process with one thread: with more, several processes on few cores get many times slower"
    env = {**os.environ, **{f'{o}_NUM_THREADS':'1' for o in ('OMP', 'MKL', 'OPENBLAS')}, 'PYTHONUNBUFFERED':'1'}
    env.pop('IN_TEST', None) # with it, nbdev_export silently does nothing
    return env

@contextmanager
def compiled_once():
    "Where Python is told to keep nothing that it compiles, let it keep it for as long as this lasts"
    with tempfile.TemporaryDirectory() as d, mock.patch.dict(os.environ):
        if os.environ.pop('PYTHONDONTWRITEBYTECODE', None): os.environ['PYTHONPYCACHEPREFIX'] = d
        yield

def kill_group(pid):
    "End a process that leads a session, and all that it started"
    try: os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError: pass

def kill_all():
    for pid in list(running): kill_group(pid)

def wait(p, limit):
    "Wait for a process, at most `limit` seconds; returns its exit status, or None. What it started ends with it"
    try: return p.wait(limit)
    except subprocess.TimeoutExpired: return None
    finally:
        kill_group(p.pid)
        p.wait()
        running.pop(p.pid, None)

def run(cmd, limit, name, cwd=ROOT):
    "Run Python with `cmd` for at most `limit` seconds; returns exit status (None: out of time) and all it printed"
    with tempfile.TemporaryFile('w+', encoding='utf-8', errors='replace') as log:
        p = subprocess.Popen([sys.executable, *map(str, cmd)], cwd=cwd, env=one_thread(), stdin=subprocess.DEVNULL,
                             stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        running[p.pid] = name,time.time()
        rc = wait(p, limit)
        log.seek(0)
        return rc,log.read()

def heartbeat(every=30):
    "Say now and then what is running, so that a slow machine shows life"
    while True:
        time.sleep(every)
        now = [f'{name} ({time.time()-start:.0f} s)' for name,start in list(running.values())]
        if now: say('  … running:', ', '.join(now))
