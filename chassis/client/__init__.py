"""The client side of a call: the ordered interceptors, and the channels that calls go by."""
