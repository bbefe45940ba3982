"""The making of the pocket world model: its data, training, evaluation and export. Serving imports none of it."""
