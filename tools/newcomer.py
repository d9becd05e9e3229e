"""Three newcomers, with a clock: from `pip install` to a report

    python tools/newcomer.py                      # everything, and a row under results/newcomer
    python tools/newcomer.py --pip torch==2.14.1  # more that pip is told, such as a build of PyTorch

Somebody has a ResNet-18 of torchvision and a folder of photographs; somebody a result of BackdoorBench; somebody what
fastai saved. Their files are made first, in a process of its own: two small victims of CIFAR-10, trained in a few
minutes. Then the package is installed into a new environment, and each newcomer types the commands that the start page
names. BAERASER_DATA says where CIFAR-10 is.
"""
import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from common import ROOT

MAKE = '''
import torch
from pathlib import Path
from fastai.vision.all import ImageDataLoaders,resnet18,vision_learner
from torchvision.io import write_png
from baeraser_nb.attacks import Poison,implant,make_trigger
from baeraser_nb.data import augment
from baeraser_nb.networks import Classifier,build_model
from baeraser_nb.readers import load_dataset

MEAN,STD = (.4914,.4822,.4465),(.247,.2435,.2616)
ds = load_dataset('cifar10')
for label,name in enumerate(ds.test.classes):
    folder = Path('photos')/name
    folder.mkdir(parents=True)
    for i,x in enumerate(ds.test.x[ds.test.y==label][:25]): write_png(x, str(folder/f'{i:02}.png'))

def victim(net, target, epochs, lr):
    "A small victim: a sixth of the training images, a checkerboard of 25 pixels in the lower right corner"
    model = Classifier(net, MEAN, STD)
    poison = Poison(make_trigger(5, 3, place=(27,27), kind='checker'), target=target, rate=.2)
    implant(model, ds.train[::6], poison, epochs=epochs, lr=lr, augment=augment)
    return model.net

net = victim(build_model('resnet18', 10, 3, MEAN, STD, seed=0).net, 3, epochs=5, lr=.1)
state = net.cpu().state_dict()
torch.save(state, 'model.pt')
torch.save(dict(model_name='resnet18', num_classes=10, model=state, data_path='data', img_size=(32,32,3),
                clean_data='cifar10', bd_train=dict(poison_indicator=torch.zeros(5).numpy()), bd_test={}),
           'attack_result.pt')
dls = ImageDataLoaders.from_folder('photos', valid_pct=.5, bs=16, num_workers=0)
learn = vision_learner(dls, resnet18, pretrained=False, normalize=False, path='.')
body = torch.nn.Sequential(*list(net.children())[:-2]) # fastai puts a head of its own on it
learn.model[0].load_state_dict(body.state_dict())
victim(learn.model, 7, epochs=3, lr=.02)
learn.save('model')
'''

FACTORY = '''from fastai.vision.all import create_vision_model,resnet18
def make(): return create_vision_model(resnet18, 10, pretrained=False)
'''
PIXELS = '--mean .4914,.4822,.4465 --std .247,.2435,.2616'
WAYS = {
    "torchvision's ResNet-18, a folder of photographs":[
        'baeraser scan model.pt --arch resnet18 --data photos',
        f'baeraser scan model.pt --arch resnet18 --data photos {PIXELS} --report out1'],
    "a result of BackdoorBench":[
        f'baeraser scan attack_result.pt --arch resnet18 --data photos {PIXELS} --report out2'],
    "weights that fastai saved":[
        f"cat > mynets.py <<'END'\n{FACTORY}END",
        f'baeraser scan models/model.pth --factory mynets:make --data photos {PIXELS} --report out3']}


def timed(command, folder, path=''):
    "Run a command of a shell; returns seconds, those of processors, exit status and the first line on stdout"
    start,before = time.time(),computed()
    put = f'export PATH={path}:$PATH PYTHONPATH=. BAERASER_CACHE=; ' if path else ''
    p = subprocess.run(['bash', '-c', put+command], cwd=folder, text=True, stdout=subprocess.PIPE)
    return dict(command=command, seconds=round(time.time()-start, 1), processor_seconds=round(computed()-before, 1),
                status=p.returncode, said=p.stdout.split('\n')[0])

def computed():
    "Seconds of processors that commands have taken: on a busy machine the clock says more"
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime+used.ru_stime

def install(folder, more):
    "A new environment with this package in it; the seconds that `pip install` took"
    subprocess.run([sys.executable, '-m', 'venv', folder/'env'], check=True)
    return timed(f"env/bin/pip install -q {' '.join(more)} {ROOT}", folder)

def newcomer(commands, folder):
    "What somebody types, and how long it takes"
    steps = []
    for c in commands:
        s = timed(c, folder, folder/'env/bin')
        steps.append(s)
        first,*_ = c.splitlines()
        print(f"  {s['seconds']:6} s, status {s['status']}: {first}\n      {s['said']}", flush=True)
    return steps

def measured(folder, more):
    "The row: how long it takes to install, and each newcomer's steps"
    subprocess.run([sys.executable, '-W', 'ignore', '-c', MAKE], cwd=folder, check=True)
    pip = install(folder, more)
    print(f"{pip['seconds']} s, status {pip['status']}: pip install", flush=True)
    ways = {}
    for name,commands in WAYS.items():
        print(name, flush=True)
        ways[name] = newcomer(commands, folder)
    return dict(install=pip|dict(command='pip install baeraser_nb'), ways=ways, hardware=hardware_of(folder))

def hardware_of(folder):
    "Machine and versions, as the new environment sees them"
    code = 'import json; from baeraser_nb.core import hardware; print(json.dumps(hardware()))'
    command = [folder/'env/bin/python', '-W', 'ignore', '-c', code]
    return json.loads(subprocess.run(command, cwd=folder, text=True, check=True, stdout=subprocess.PIPE).stdout)

def main():
    a = argparse.ArgumentParser(description='Three newcomers, with a clock')
    a.add_argument('--pip', nargs='*', default=[], help='more that pip installs with the package')
    a.add_argument('--out', type=Path, default=ROOT/'results/newcomer', help='folder for the row')
    a = a.parse_args()
    sys.path.insert(0, str(ROOT))
    from baeraser_nb.core import as_json, write_whole
    with tempfile.TemporaryDirectory() as d: row = measured(Path(d), a.pip)
    row |= dict(made=date.today().isoformat())
    print(write_whole(a.out/f"newcomer-{row['hardware']['baeraser_nb']}.json", as_json(row)))


if __name__=='__main__': main()
