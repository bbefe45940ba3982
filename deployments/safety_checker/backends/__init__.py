"""The classifiers: one module each, and the one place that imports them."""
