"""Events: recorded with their cause, relayed at least once, taking effect once."""
