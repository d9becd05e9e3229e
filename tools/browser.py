"""Try the explorer in a real browser: JupyterLab, headless Chromium, sliders moved by the keyboard

    python tools/browser.py                          # fails unless the prediction follows the sliders
    python tools/browser.py --picture nbs/explorer.png

Needs `pip install 'baeraser_nb[browser]'` (JupyterLab, Playwright) and a Chromium: one on PATH, the one that CHROMIUM
names, or Playwright's own (`playwright install chromium`). The server listens on this machine only and ends with the
test.
"""
import argparse
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
CODE = 'from baeraser_nb.explorer import Explorer\nex = Explorer()\nex'


# ---- the server ----

def notebook(code):
    "A notebook of one cell"
    cell = dict(cell_type='code', id='a', execution_count=None, metadata={}, outputs=[], source=code)
    kernel = dict(name='python3', display_name='Python 3')
    return json.dumps(dict(cells=[cell], metadata=dict(kernelspec=kernel), nbformat=4, nbformat_minor=5))

def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]

def server_command(folder, port, token):
    "The command that starts JupyterLab in `folder`/work"
    cmd = [sys.executable, '-m', 'jupyterlab', '--no-browser', f'--port={port}', '--ip=127.0.0.1',
           f'--IdentityProvider.token={token}', f'--ServerApp.root_dir={folder/"work"}']
    is_root = hasattr(os, 'geteuid') and os.geteuid()==0
    return [*cmd, '--allow-root'] if is_root else cmd

def server_environment(folder):
    "One thread: for a small network on a busy machine more are no faster"
    path = os.pathsep.join([str(ROOT), os.environ.get('PYTHONPATH', '')])
    own = dict(PYTHONPATH=path, JUPYTER_CONFIG_DIR=str(folder/'.config'), PYTHONWARNINGS='ignore')
    return {'OMP_NUM_THREADS':'1', **os.environ, **own}

def answers(port, token):
    "Does the server answer?"
    try: urlopen(f'http://127.0.0.1:{port}/api?token={token}', timeout=2)
    except OSError: return False
    return True

def wait_for_server(p, port, token):
    "Wait until the server answers, at most a minute; returns whether it does"
    for _ in range(120):
        if answers(port, token): return True
        if p.poll() is not None: return False
        time.sleep(.5)
    return False

@contextmanager
def serve(folder):
    "JupyterLab with the notebook in `folder`; gives the notebook's address, and ends with the block"
    port,token = free_port(),secrets.token_hex(16)
    (folder/'work').mkdir()
    (folder/'work/explorer.ipynb').write_text(notebook(CODE))
    with (folder/'log').open('w') as log:
        p = subprocess.Popen(server_command(folder, port, token), env=server_environment(folder),
                             stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    try:
        if not wait_for_server(p, port, token):
            sys.exit(f'browser: JupyterLab did not start:\n{(folder/"log").read_text()[-2000:]}')
        yield f'http://127.0.0.1:{port}/lab/tree/explorer.ipynb?token={token}&reset'
    finally:
        p.terminate()
        p.wait(20)


# ---- what a user sees and does ----

def said(page): return page.locator('.baeraser-said').first.inner_text()

def changed(page, old, secs=120):
    "Wait until the line under the controls is another one than `old`; returns it"
    for _ in range(secs*10):
        new = said(page)
        if new!=old: return new
        page.wait_for_timeout(100)
    sys.exit(f'browser: FAILED: nothing changed within {secs} s; still {old!r}')

def slide(page, name, key, times=1):
    "Move the slider called `name` with the keyboard"
    label = page.locator('.widget-label', has_text=re.compile(f'^{name}$'))
    handle = page.locator('.widget-hslider', has=label).first.locator('.noUi-handle')
    handle.focus()
    for _ in range(times): page.keyboard.press(key)

def settle(page, secs=60):
    "Wait until the picture stopped changing; returns whether it is painted"
    img,old = page.locator('.baeraser-said:visible ~ img').first,None
    for _ in range(secs):
        new = img.get_attribute('src')
        if new==old: break
        old = new
        page.wait_for_timeout(1000)
    return img.evaluate('i => i.decode().then(() => i.naturalWidth>0, () => false)')

def shot(page, picture):
    "Keep a picture of what is seen, where one is asked for"
    if picture: page.locator('.jp-OutputArea').first.screenshot(path=picture)

def need(ok, what):
    "Say whether something is as it should be; returns it"
    print(('ok      ' if ok else 'FAILED  ')+what)
    return ok

def answer_questions(page):
    "JupyterLab may have a question of its own first"
    for ask in page.locator('.jp-Dialog').all():
        print('        JupyterLab asks:', ask.inner_text().replace('\n', ' ')[:200])
        ask.locator('.jp-mod-accept').first.click()

def run_cell(page):
    "Run the first cell; a request that comes before the kernel listens is lost, so look whether it was taken"
    prompt = page.locator('.jp-CodeCell .jp-InputPrompt').first
    for _ in range(20):
        answer_questions(page)
        page.locator('.jp-CodeCell .cm-content').first.click()
        page.keyboard.press('Control+Enter')
        page.wait_for_timeout(2000)
        if prompt.inner_text().strip()!='[ ]:': return
    sys.exit('browser: the kernel takes no code')


# ---- the three tabs ----

def first_line(page):
    "What the explorer says once it is there; the first time a victim is trained"
    page.wait_for_selector('.baeraser-said', timeout=400_000)
    page.wait_for_function("document.querySelector('.baeraser-said').innerText.length>0", timeout=60_000)
    return said(page)

def try_opacity(page, start):
    "Without the trigger the label goes, with it the label comes back"
    img = page.locator('.baeraser-said ~ img').first
    stamped = img.get_attribute('src')
    slide(page, 'opacity', 'Home')
    clean = changed(page, start)
    print('        opacity 0:', clean)
    good = [need('says 3' not in clean, 'without the trigger the label goes'),
            need(img.get_attribute('src')!=stamped, 'the picture follows')]
    slide(page, 'opacity', 'End')
    back = changed(page, clean)
    print('        opacity 1:', back)
    return all([*good, need(back==start, 'and comes back with it')])

def try_place(page):
    "The trigger works elsewhere in the image too"
    for k in ('row', 'column'):
        slide(page, k, 'PageUp', 1)
        slide(page, k, 'ArrowRight', 3)
    painted,moved = settle(page),said(page)
    print('        elsewhere:', moved)
    return need('says 3' in moved and painted, 'and brings it elsewhere in the image too')

def try_trigger(page):
    "The first tab: a trigger that is moved about"
    start = first_line(page)
    print('        at first:', start)
    good = need('the victim says 3' in start, 'the trigger brings the label 3')
    return all([good, try_opacity(page, start), try_place(page)])

def watch_search(page):
    "The second tab: a search that ends with the target label ahead"
    page.get_by_role('tab', name='watch a search').click()
    page.get_by_role('button', name='search', exact=True).click()
    line = page.locator('.baeraser-said').nth(1)
    for _ in range(600):
        if line.is_visible() and line.inner_text().startswith('step 60'): break
        page.wait_for_timeout(100)
    print('        search:', line.inner_text())
    return need('step 60: ahead is label 3' in line.inner_text(), 'a search ends with label 3 ahead')

def asr(line): return float(re.search(r'ASR ([\d.]+)%', line)[1])

def step_through(page):
    "The third tab: an erasure, step by step"
    tab = page.get_by_role('tab', name='erase, step by step')
    tab.click()
    page.locator('button:visible', has_text='scan and erase').click()
    line = page.locator('.baeraser-said:visible', has_text=re.compile('^step'))
    for _ in range(3000):
        if line.count(): break
        page.wait_for_timeout(100)
        tab.click()
    first = line.first.inner_text()
    print('        erasing:', first)
    slide(page, 'state', 'End')
    painted,last = settle(page),line.first.inner_text()
    print('        at its end:', last)
    fell = asr(first)>80 and asr(last)<10
    return need(fell and painted, 'stepping to the end of the erasure, the trigger loses its power')

def play(page, picture):
    "Do what a user would; returns whether all went well"
    good = [try_trigger(page)]
    shot(page, picture)
    good += [watch_search(page), step_through(page)]
    shot(page, picture and picture.replace('.png', '-history.png'))
    return all(good)


# ---- the browser ----

def chromium(given):
    names = 'chromium', 'chromium-browser', 'google-chrome'
    return given or os.environ.get('CHROMIUM') or next(filter(None, map(shutil.which, names)), None)

def open_notebook(browser, address):
    "The notebook in a page of its own, its kernel ready"
    page = browser.new_page(viewport=dict(width=1200, height=900))
    page.goto(address)
    page.wait_for_selector('.jp-Notebook .jp-CodeCell', timeout=90_000)
    idle = '.jp-Notebook-ExecutionIndicator[data-status=idle]'
    page.wait_for_selector(idle, state='attached', timeout=90_000) # the kernel is there
    return page

def try_explorer(browser, address, picture):
    "Run the notebook and play with it; returns whether all went well"
    page = open_notebook(browser, address)
    run_cell(page)
    try: return play(page, picture)
    except Exception as e:
        shown = page.locator('.jp-OutputArea').first.inner_text()[-1500:]
        print(f'browser: {str(e).splitlines()[0]}; the notebook said:', shown)
        return False

def main():
    a = argparse.ArgumentParser(description='Try the explorer in JupyterLab and headless Chromium')
    a.add_argument('--picture', help='where to put a picture of what was seen')
    a.add_argument('--chromium', help="the browser's program; none: CHROMIUM, PATH, or Playwright's own")
    a = a.parse_args()
    try: from playwright.sync_api import sync_playwright
    except ImportError: sys.exit("browser: Playwright is not installed; pip install 'baeraser_nb[browser]'")
    with tempfile.TemporaryDirectory() as d, serve(Path(d)) as address, sync_playwright() as p:
        browser = p.chromium.launch(executable_path=chromium(a.chromium), args=['--no-sandbox'])
        ok = try_explorer(browser, address, a.picture)
        browser.close()
    print('browser: all as it should be' if ok else 'browser: FAILED')
    sys.exit(not ok)


if __name__=='__main__': main()
