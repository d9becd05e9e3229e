"""Make the paper's tables and figures from the rows: `python tools/results.py [FOLDER]`

Runs nbs/04a_results.ipynb afresh and stores its outputs; with a folder, also writes the tables as CSV and the figures as PNG.
"""
import os, sys, warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = '04a_results.ipynb'

def forget(cell):
    "Old outputs go, also those of cells that print nothing now"
    if cell.cell_type=='code': cell.outputs = []

def main():
    if len(sys.argv)>2: sys.exit('results: one folder at most; see `make help`')
    out = Path(sys.argv[1]).resolve() if sys.argv[1:] else None
    warnings.simplefilter('ignore')
    from execnb.shell import CaptureShell
    os.chdir(ROOT/'nbs')
    CaptureShell().execute(PAGE, PAGE, exc_stop=True, preproc=forget)
    if out:
        from baeraser_nb.results import write_results
        print(*(out/n for n in write_results(out, ROOT/'results/grid')), sep='\n')

if __name__=='__main__': main()
