"""The launcher: one machine, one server, from the command line to the last process's end."""
