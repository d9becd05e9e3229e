"""Try the package with the lowest versions that settings.ini admits: `python tools/lowest.py`

Resolves them with uv, installs them into an environment of their own, imports every module and runs some notebooks
there. `--dry-run` only resolves. UV_TORCH_BACKEND=cpu takes the small build of PyTorch.
"""
import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from common import ROOT

NOTEBOOKS = ('00_core', '00_data', '00a_readers', '00c_weights', '00e_inputs', '01_attacks', '01d_verdict',
             '01p_search', '02_msa_recovery', '05_statements')
FLOORS = dict(torch=(2,10)) # before it, a hostile file can overwrite memory (CVE-2026-24747)
IMPORT_ALL = '''
import importlib,pkgutil,baeraser_nb
names = [m.name for m in pkgutil.iter_modules(baeraser_nb.__path__) if m.name!='models']
for name in names: importlib.import_module(f'baeraser_nb.{name}')
print(f'lowest: {len(names)} modules import')
'''


def uv(*args): subprocess.run([sys.executable, '-m', 'uv', 'pip', *args], cwd=ROOT, check=True)

def resolved(to):
    "Write the lowest versions to a file; returns them by name"
    here = f'{sys.version_info.major}.{sys.version_info.minor}'
    uv('compile', '-q', '--resolution', 'lowest-direct', '--extra', 'dev', '--python-version', here, '--no-annotate',
       '--no-header', 'setup.py', '-o', str(to))
    return dict(o.split(';')[0].strip().split('==') for o in to.read_text().splitlines() if '==' in o)

def numbers(version): return tuple(int(o) for o in version.split('+')[0].split('.') if o.isdigit())

def check_floors(versions):
    "Stop where a version is admitted that must not be"
    for name,floor in FLOORS.items():
        if numbers(versions[name])<floor: sys.exit(f'lowest: settings.ini admits {name} {versions[name]}')

def try_them(folder, lowest):
    "Install the versions into an environment, import everything there, and run some notebooks"
    subprocess.run([sys.executable, '-m', 'venv', folder/'env'], check=True)
    python = folder/'env/bin/python'
    uv('install', '-q', '--python', str(python), '-r', str(lowest))
    uv('install', '-q', '--python', str(python), '--no-deps', '-e', '.')
    subprocess.run([python, '-c', IMPORT_ALL], cwd=ROOT, check=True)
    subprocess.run([python, 'tools/gate.py', *NOTEBOOKS], cwd=ROOT, check=True)

def main():
    a = argparse.ArgumentParser(description='Try the lowest versions that settings.ini admits')
    a.add_argument('--dry-run', action='store_true', help='only resolve them')
    a = a.parse_args()
    with tempfile.TemporaryDirectory() as d:
        lowest = Path(d)/'lowest.txt'
        versions = resolved(lowest)
        print(f"lowest: {len(versions)} packages, torch {versions['torch']}, fastai {versions['fastai']}", flush=True)
        check_floors(versions)
        if not a.dry_run: try_them(Path(d), lowest)


if __name__=='__main__': main()
