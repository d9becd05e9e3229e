"""Try the explorer in a real browser: JupyterLab, headless Chromium, sliders moved by the keyboard

    python tools/browser.py                          # fails unless the prediction follows the sliders
    python tools/browser.py --picture nbs/explorer.png

Needs `pip install 'baeraser_nb[browser]'` (JupyterLab, Playwright) and a Chromium: one on PATH, the one that CHROMIUM
names, or Playwright's own (`playwright install chromium`). The server listens on this machine only and ends with the test.
"""
import argparse, json, os, re, secrets, shutil, socket, subprocess, sys, tempfile, time
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
CODE = 'from baeraser_nb.explorer import Explorer\nex = Explorer()\nex'

def notebook(code):
    "A notebook of one cell"
    cell = dict(cell_type='code', id='a', execution_count=None, metadata={}, outputs=[], source=code)
    return json.dumps(dict(cells=[cell], metadata=dict(kernelspec=dict(name='python3', display_name='Python 3')), nbformat=4, nbformat_minor=5))

def free_port():
    with socket.socket() as s: s.bind(('127.0.0.1', 0)); return s.getsockname()[1]

def serve(folder, port, token):
    "Start JupyterLab in `folder` and wait until it answers; one thread, for a small network on a busy machine is no faster with more"
    env = {'OMP_NUM_THREADS':'1', **os.environ, 'PYTHONPATH':os.pathsep.join([str(ROOT), os.environ.get('PYTHONPATH', '')]), 'JUPYTER_CONFIG_DIR':str(folder/'.config'), 'PYTHONWARNINGS':'ignore'}
    root = ['--allow-root'] if hasattr(os, 'geteuid') and os.geteuid()==0 else []
    log = (folder/'log').open('w')
    p = subprocess.Popen([sys.executable, '-m', 'jupyterlab', '--no-browser', f'--port={port}', '--ip=127.0.0.1', f'--IdentityProvider.token={token}', f'--ServerApp.root_dir={folder/"work"}', *root],
                         env=env, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    for _ in range(120):
        try: urlopen(f'http://127.0.0.1:{port}/api?token={token}', timeout=2); return p
        except OSError: time.sleep(.5)
        if p.poll() is not None: break
    p.kill()
    sys.exit(f'browser: JupyterLab did not start:\n{(folder/"log").read_text()[-2000:]}')

def said(page): return page.locator('.baeraser-said').first.inner_text()

def changed(page, old, secs=20):
    "Wait until the line under the controls is another one than `old`; returns it"
    for _ in range(secs*10):
        new = said(page)
        if new!=old: return new
        page.wait_for_timeout(100)
    sys.exit(f'browser: FAILED: nothing changed within {secs} s; still {old!r}')

def slide(page, name, key, times=1):
    "Move the slider called `name` with the keyboard"
    box = page.locator('.widget-hslider', has=page.locator('.widget-label', has_text=re.compile(f'^{name}$'))).first
    handle = box.locator('.noUi-handle'); handle.focus()
    for _ in range(times): page.keyboard.press(key)

def settle(page, secs=60):
    "Wait until the picture stopped changing; returns whether it is painted"
    img,old = page.locator('.baeraser-said:visible ~ img').first,None
    for _ in range(secs):
        new = img.get_attribute('src')
        if new==old: break
        old = new; page.wait_for_timeout(1000)
    return img.evaluate('i => i.decode().then(() => i.naturalWidth>0, () => false)')

def need(ok, what): print(('ok      ' if ok else 'FAILED  ')+what); return ok

def run_cell(page):
    "Run the first cell; a request that comes before the kernel listens is lost, so look whether it was taken"
    prompt = page.locator('.jp-CodeCell .jp-InputPrompt').first
    for _ in range(20):
        for ask in page.locator('.jp-Dialog').all(): # JupyterLab may have a question of its own first
            print('        JupyterLab asks:', ask.inner_text().replace('\n', ' ')[:200]); ask.locator('.jp-mod-accept').first.click()
        page.locator('.jp-CodeCell .cm-content').first.click(); page.keyboard.press('Control+Enter')
        page.wait_for_timeout(2000)
        if prompt.inner_text().strip()!='[ ]:': return
    sys.exit('browser: the kernel takes no code')

def play(page, picture):
    "Do what a user would; returns whether all went well"
    page.wait_for_selector('.baeraser-said', timeout=400_000) # the first time a victim is trained
    page.wait_for_function("document.querySelector('.baeraser-said').innerText.length>0", timeout=60_000)
    start = said(page); print('        at first:', start)
    stamped = page.locator('.baeraser-said ~ img').first.get_attribute('src')
    good = [need('the victim says 3' in start, 'the trigger brings the label 3')]
    slide(page, 'opacity', 'Home'); clean = changed(page, start); print('        opacity 0:', clean)
    good.append(need('says 3' not in clean, 'without the trigger the label goes'))
    good.append(need(page.locator('.baeraser-said ~ img').first.get_attribute('src')!=stamped, 'the picture follows'))
    slide(page, 'opacity', 'End'); back = changed(page, clean); print('        opacity 1:', back)
    good.append(need(back==start, 'and comes back with it'))
    for k in ('row','column'): slide(page, k, 'PageUp', 1); slide(page, k, 'ArrowRight', 3)
    painted = settle(page); moved = said(page); print('        elsewhere:', moved)
    good.append(need('says 3' in moved and painted, 'and brings it elsewhere in the image too'))
    if picture: page.locator('.jp-OutputArea').first.screenshot(path=picture)
    page.get_by_role('tab', name='watch a search').click()
    page.get_by_role('button', name='search', exact=True).click()
    line = page.locator('.baeraser-said').nth(1)
    for _ in range(600):
        if line.is_visible() and line.inner_text().startswith('step 60'): break
        page.wait_for_timeout(100)
    print('        search:', line.inner_text())
    good.append(need('step 60: ahead is label 3' in line.inner_text(), 'a search ends with label 3 ahead'))
    page.get_by_role('tab', name='erase, step by step').click()
    page.locator('button:visible', has_text='scan and erase').click()
    line = page.locator('.baeraser-said:visible', has_text=re.compile('^step'))
    for _ in range(3000):
        if line.count(): break
        page.wait_for_timeout(100)
        page.get_by_role('tab', name='erase, step by step').click()
    first = line.first.inner_text(); print('        erasing:', first)
    slide(page, 'state', 'End'); painted = settle(page); last = line.first.inner_text(); print('        at its end:', last)
    asr = lambda s: float(re.search(r'ASR ([\d.]+)%', s)[1])
    good.append(need(asr(first)>80 and asr(last)<10 and painted, 'stepping to the end of the erasure, the trigger loses its power'))
    if picture: page.locator('.jp-OutputArea').first.screenshot(path=picture.replace('.png', '-history.png'))
    return all(good)

def chromium(given):
    return given or os.environ.get('CHROMIUM') or next(filter(None, map(shutil.which, ('chromium','chromium-browser','google-chrome'))), None)

def main():
    a = argparse.ArgumentParser(description='Try the explorer in JupyterLab and headless Chromium')
    a.add_argument('--picture', help='where to put a picture of what was seen')
    a.add_argument('--chromium', help="the browser's program; none: CHROMIUM, PATH, or Playwright's own")
    a = a.parse_args()
    try: from playwright.sync_api import sync_playwright
    except ImportError: sys.exit("browser: Playwright is not installed; pip install 'baeraser_nb[browser]'")
    token,port = secrets.token_hex(16),free_port()
    with tempfile.TemporaryDirectory() as d:
        folder = Path(d); (folder/'work').mkdir(); (folder/'work/explorer.ipynb').write_text(notebook(CODE))
        server = serve(folder, port, token)
        try:
            with sync_playwright() as p:
                b = p.chromium.launch(executable_path=chromium(a.chromium), args=['--no-sandbox'])
                page = b.new_page(viewport=dict(width=1200, height=900))
                page.goto(f'http://127.0.0.1:{port}/lab/tree/explorer.ipynb?token={token}&reset')
                page.wait_for_selector('.jp-Notebook .jp-CodeCell', timeout=90_000)
                page.wait_for_selector('.jp-Notebook-ExecutionIndicator[data-status=idle]', state='attached', timeout=90_000) # the kernel is there
                run_cell(page)
                try: ok = play(page, a.picture)
                except Exception as e:
                    print(f'browser: {str(e).splitlines()[0]}; the notebook said:', page.locator('.jp-OutputArea').first.inner_text()[-1500:])
                    ok = False
                b.close()
        finally: server.terminate(); server.wait(20)
    print('browser: all as it should be' if ok else 'browser: FAILED'); sys.exit(not ok)

if __name__=='__main__': main()
