"""Trains the reader on annotated articles (`kb train`). The only part of kb that needs PyTorch: the extra `kb[train]`."""
