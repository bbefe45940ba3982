"""The safety checker: every picture from outside and every generated one passes it before anybody sees it."""
