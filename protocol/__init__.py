"""The contract: every message, header, body and error that crosses a process boundary. Imports nothing else of ours."""
