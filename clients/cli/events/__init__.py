"""Events from the command line: what happens, what could not take effect, and how it is brought on its way again."""
