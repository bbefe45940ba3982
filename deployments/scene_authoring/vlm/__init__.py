"""An author that asks a vision language model, through transformers."""
