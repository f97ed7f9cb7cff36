"""Mistique: stores the intermediates of models and answers questions about them.

::

    import mistique

    store = mistique.open("Store")
    with store.capture(model, "resnet", layers=["layer*.*", "fc"]) as capture:
        for images, ids in loader:
            with capture.rows(ids):
                model(images)
    maps = store["resnet"]["layer2.0"].rows([17, 4]).numpy()
    store.topk("resnet/fc", unit=3, k=10)
"""

from .answer import Answer
from .capture import Capture
from .errors import *  # noqa: F401,F403
from .errors import __all__ as _errors
from .intermediate import Intermediate
from .model import Model
from .plan import Plan, TopK
from .ragged import Ragged
from .store import Store, open
from .verification import Verification

__version__ = "0.1.0"
__all__ = ["Answer", "Capture", "Intermediate", "Model", "Plan", "Ragged", "Store", "TopK", "Verification", "open"] + list(_errors)
