"""What each gateway answers: the examples by which `test_gateways.py` tries every gateway that there is."""

import pkgutil
from importlib import import_module

from tests.delivery.examples.shape import Example

EXAMPLES: dict[str, Example] = {
    module.name: import_module(f"{__name__}.{module.name}").EXAMPLE
    for module in pkgutil.iter_modules(__path__)
    if module.name != "shape"
}
