"""Makes the weights of the `mixed` engine from labelled texts: `python -m training --data DIR`."""
