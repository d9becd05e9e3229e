"""Make the picture of a report on the start page: `python tools/pictures.py report out/report.html`

Writes nbs/report.png, the report's upper part as a browser shows it; needs a Chromium.
"""
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

NBS = Path(__file__).resolve().parent.parent/'nbs'


def show_report(page, path=NBS/'report.png', size=(900,1580)):
    "The upper part of a report, as a browser shows it"
    browser = next(filter(None, map(shutil.which, ('chromium','chromium-browser','google-chrome'))), None)
    if browser is None: sys.exit('pictures: a report is shown by Chromium, which is not installed')
    with tempfile.TemporaryDirectory() as d:
        shot = Path(d)/'shot.png'
        subprocess.run([browser, '--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars',
                        f'--window-size={size[0]},{size[1]}', f'--screenshot={shot}', Path(page).resolve().as_uri()],
                       check=True, capture_output=True)
        Image.open(shot).convert('RGB').quantize(200).save(path, optimize=True)
    return path


if __name__=='__main__':
    if sys.argv[1:2]!=['report'] or len(sys.argv)!=3: sys.exit(__doc__)
    print(show_report(sys.argv[2]))
