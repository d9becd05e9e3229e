"""Make the paper's tables and figures from the rows: `python tools/results.py [FOLDER]`

Runs nbs/04a_results.ipynb afresh and stores its outputs; with a folder, also writes the tables as CSV and the figures
as PNG.
"""
import sys
from pathlib import Path

from common import NBS, ROOT
from fresh import refresh

PAGE = NBS/'04a_results.ipynb'


def main():
    if len(sys.argv)>2: sys.exit('results: one folder at most; see `make help`')
    done = refresh(PAGE)
    if isinstance(done, str): sys.exit(f'results: {PAGE.name} failed:\n{done}')
    if sys.argv[1:]:
        from baeraser_nb.results import write_results
        out = Path(sys.argv[1]).resolve()
        print(*(out/n for n in write_results(out, ROOT/'results/grid')), sep='\n')


if __name__=='__main__': main()
