"""The store and keys in, the screen out: the console, and all that it draws with."""
