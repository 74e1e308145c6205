"""The interactive prompt: the platform's services as objects whose methods take keyword arguments."""
