"""What all unit tests share: their imports, which are no garbage."""

import gc


def pytest_collection_finish() -> None:
    """Torch and the like leave some 10^6 objects: whoever collects garbage in a test need not look at them again."""
    gc.collect()
    gc.freeze()
