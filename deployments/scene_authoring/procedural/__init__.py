"""Scene authoring without a GPU or a model: a small grammar, classical image processing, a software renderer."""
