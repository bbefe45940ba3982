"""The world model: one session per replica, one device thread, one engine."""
