"""The recorder: batches go into a spool as they are, and become MP4 files and action logs in the background."""
