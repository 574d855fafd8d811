"""One file a platform: `connect(settings) -> Source`. The file's name is the platform's name everywhere."""
