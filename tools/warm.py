"""Processes that need not import the big libraries: they are forked from one that has them

Importing torch, torchvision and fastai takes longer than most notebooks. `Warm` starts a process that imports them
once and forks itself for every job, so that each notebook still has a process of its own. A job is a function of one
of the tools. Imports of the tools stand inside functions here: processes that a notebook starts look at this file, and
must find nothing that their path does not have.
"""
import importlib
import json
import os
import signal
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path

HERE = Path(__file__).resolve().parent
# fastai itself is not among them: its progress bars look at the shell when they are imported. torch._dynamo is what
# PyTorch imports when the first optimiser is made
LIBRARIES = ('torch', 'torchvision.models', 'torchvision.transforms', 'pandas', 'matplotlib.pyplot', 'scipy.stats',
             'scipy.ndimage', 'scipy.optimize', 'sklearn.model_selection', 'sklearn.datasets', 'fastcore.all',
             'ipywidgets', 'nbdev.test', 'nbdev.process', 'nbdev.frontmatter', 'execnb.shell', 'torch._dynamo')


# ---- in the warm process ----

def take_over(log):
    "Make this fork a process of its own: a session, no input, and all output in the file `log`"
    os.setsid()
    for path,flags,streams in ((os.devnull, os.O_RDONLY, [0]), (log, os.O_WRONLY|os.O_APPEND, [1, 2])):
        fd = os.open(path, flags)
        for s in streams: os.dup2(fd, s)
        os.close(fd)
    for s in signal.SIGTERM,signal.SIGINT: signal.signal(s, signal.SIG_DFL)

class Job(socketserver.StreamRequestHandler):
    "Runs `function(*args)` of a tool; says its process number first, and 0 when it has ended well"
    def handle(self):
        job = json.loads(self.rfile.readline())
        take_over(job['log'])
        self.say(os.getpid())
        function = getattr(importlib.import_module(job['tool']), job['function'])
        sys.path[:] = [o for o in sys.path if Path(o or '.').resolve()!=HERE]
        sys.argv[1:] = []
        function(*job['args'])
        sys.stdout.flush()
        self.say(0)

    def say(self, number):
        self.wfile.write(f'{number}\n'.encode())
        self.wfile.flush()

class Server(socketserver.ForkingMixIn, socketserver.UnixStreamServer):
    "Forks for every job, and ends with the process that started it"
    max_children = 1000
    parent = os.getppid()
    def service_actions(self):
        super().service_actions()
        if os.getppid()!=self.parent: sys.exit(1)

def serve(address):
    "Import the libraries, then fork for every job that comes"
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        for name in LIBRARIES: importlib.import_module(name)
    with Server(address, Job) as server:
        print('ready', flush=True)
        server.serve_forever()


# ---- in the tool that has jobs ----

class Warm:
    "A warm process; jobs may run side by side"
    def __init__(self):
        from processes import one_thread
        self.folder = tempfile.TemporaryDirectory()
        self.address = str(Path(self.folder.name)/'socket')
        self.process = subprocess.Popen([sys.executable, __file__, self.address], env=one_thread(), text=True,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, start_new_session=True)
        self.said,self.lock = None,threading.Lock()

    def __enter__(self): return self
    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()

    def wait(self):
        "Wait until it has its libraries"
        with self.lock:
            if self.said is None: self.said = self.process.stdout.readline().strip()
        if self.said!='ready': raise RuntimeError('the process that imports the libraries ended early')

    def run(self, tool, function, args, limit, name):
        "Run a function of a tool for at most `limit` seconds; returns exit status (None: out of time), all it printed"
        self.wait()
        with tempfile.NamedTemporaryFile('r', encoding='utf-8', errors='replace') as log:
            job = dict(tool=tool, function=function, args=[*map(str, args)], log=log.name)
            with socket.socket(socket.AF_UNIX) as s:
                s.connect(self.address)
                s.sendall(f'{json.dumps(job)}\n'.encode())
                return status_of(s, limit, name),log.read()

def status_of(s, limit, name):
    "The exit status of a job at the other end of a socket: 0, 1, or None if it ran out of time"
    from processes import kill_group, running
    lines = s.makefile()
    pid = int(lines.readline())
    running[pid] = name,time.time()
    s.settimeout(limit)
    try: return 0 if lines.readline().strip()=='0' else 1
    except TimeoutError: return None
    finally:
        kill_group(pid)
        running.pop(pid, None)

if __name__=='__main__': serve(sys.argv[1])
