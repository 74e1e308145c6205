"""A service that writes down what it is told, and when: by it, a drill knows what took effect, how often and in what
order."""
