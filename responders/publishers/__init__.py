"""One file a platform we may speak on: `connect(settings) -> Publisher`. The file's name is the platform's name."""
