__version__ = "0.21.0"

import warnings
warnings.filterwarnings('ignore', message='`torch.jit.script` is deprecated', category=FutureWarning) # fastai uses it
del warnings
