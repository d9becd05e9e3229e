"""Make the pictures of the start page: `python tools/pictures.py` draws nbs/sign.jpg

    python tools/pictures.py report out/report.html    # a report's upper part, as nbs/report.png; needs a Chromium

The stop sign is drawn here, so the picture is nobody else's: as a camera may have seen it, and with a sticker on it.
"""
import math
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

NBS = Path(__file__).resolve().parent.parent/'nbs'
SIDE,DETAIL = 320,3 # pixels of a picture, and how many times larger it is drawn
RED,WHITE,STEEL,YELLOW,BLACK = (176,28,34),(238,236,228),(128,130,132),(250,208,36),(24,22,20)


# ---- the scene ----

def pixels(x): return Image.fromarray(x.clip(0, 255).astype('uint8'))

def noise(rng, cells, size):
    "A smooth random field in [0,1]"
    small = pixels(255*rng.random((cells,cells)))
    return np.asarray(small.resize((size,size), Image.Resampling.BICUBIC))/255

def background(rng, size):
    "Sky, a hedge and a road, out of focus"
    down = np.linspace(0, 1, size)[:,None]
    sky = np.array([150,182,214])*(1-.35*down) + np.array([232,226,212])*.7*down
    hedge = np.array([58,84,44])*(.55 + .75*noise(rng, 26, size) + .45*noise(rng, 70, size))[...,None]
    road = np.array([104,102,100])*(.85 + .3*noise(rng, 90, size))[...,None]
    x = np.where((down>.46+.1*noise(rng, 7, size)[:1])[...,None], hedge, sky[:,None])
    x = np.where((down>.86+.03*np.linspace(-1, 1, size))[...,None], road, x)
    return pixels(x).filter(ImageFilter.GaussianBlur(size/70))


# ---- the sign ----

def octagon(x, y, radius):
    return [(x+radius*math.cos(t), y+radius*math.sin(t)) for t in (math.pi*(1+2*i)/8 for i in range(8))]

def font(size):
    import matplotlib
    return ImageFont.truetype(str(Path(matplotlib.get_data_path())/'fonts/ttf/DejaVuSans-Bold.ttf'), size)

def sign(size, sticker):
    "A stop sign on its post, with transparent surroundings"
    im = Image.new('RGBA', (size,size))
    draw,x,y = ImageDraw.Draw(im),.5*size,.42*size
    draw.rectangle((.478*size, y, .522*size, size), STEEL)
    draw.rectangle((.478*size, y, .49*size, size), (96,98,100))
    for radius,colour in ((.335,(120,16,20)),(.33,WHITE),(.305,RED)): draw.polygon(octagon(x, y, radius*size), colour)
    draw.text((x,y), 'STOP', WHITE, font(.175*size), 'mm')
    for screw in (y-.26*size, y+.26*size): draw.circle((x,screw), .008*size, (150,150,150))
    if sticker: put_sticker(draw, .585*size, .53*size, .03*size)
    return im

def put_sticker(draw, left, top, field):
    "A yellow square with a black checkerboard of nine fields"
    edge = field/4
    draw.rectangle((left-edge, top-edge, left+3*field+edge, top+3*field+edge), YELLOW)
    for i in range(0, 9, 2):
        x,y = left+field*(i%3),top+field*(i//3)
        draw.rectangle((x, y, x+field, y+field), BLACK)


# ---- the camera ----

def turned(im):
    "Seen a little from the side"
    corners = (-.02,0.),(.03,1.),(1.,1.04),(1.03,-.05) # where those of the new picture lie in the old one
    return im.transform(im.size, Image.Transform.QUAD, [im.size[0]*o for p in corners for o in p],
                        Image.Resampling.BICUBIC)

def lit(im, rng):
    "Light from the upper left, and some dirt"
    x,size = np.asarray(im).astype(float),im.size[0]
    down,right = np.mgrid[0:size,0:size]/size
    light = 1.16 - .23*right - .19*down - .1*noise(rng, 9, size) - .05*noise(rng, 60, size)
    x[...,:3] *= light[...,None]
    return pixels(x)

def shadow(im):
    "What an object with transparent surroundings throws on what is behind it"
    dark = Image.new('RGBA', im.size, (0,0,0,0))
    dark.putalpha(im.getchannel('A').point(lambda a: a*.45))
    return dark.filter(ImageFilter.GaussianBlur(im.size[0]/60))

def developed(im, rng):
    "Soft, smaller, darker at the edges, with a grain"
    soft = im.convert('RGB').filter(ImageFilter.GaussianBlur(DETAIL*.5))
    x = np.asarray(soft.resize((SIDE,SIDE), Image.Resampling.LANCZOS)).astype(float)
    away = ((np.mgrid[0:SIDE,0:SIDE]/SIDE-.5)**2).sum(0)
    return pixels(x*(1.04-.45*away[...,None]) + rng.normal(0, 3.5, x.shape))

def photograph(sticker, seed=4):
    "The sign in front of its background, as a camera sees it"
    rng,size = np.random.default_rng(seed),SIDE*DETAIL
    scene = background(rng, size).convert('RGBA')
    front = lit(turned(sign(size, sticker)), rng)
    scene.alpha_composite(shadow(front), (size//100,size//80))
    scene.alpha_composite(front)
    return developed(scene, rng)

def draw_sign(path=NBS/'sign.jpg'):
    "The sign without and with its sticker, side by side"
    both = Image.new('RGB', (2*SIDE+16,SIDE), 'white')
    for i in (0,1): both.paste(photograph(bool(i)), (i*(SIDE+16),0))
    both.save(path, quality=82, optimize=True)
    return path


# ---- a report ----

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
    if sys.argv[1:2]==['report'] and len(sys.argv)==3: print(show_report(sys.argv[2]))
    elif not sys.argv[1:]: print(draw_sign())
    else: sys.exit(__doc__)
