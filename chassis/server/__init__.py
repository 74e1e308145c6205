"""The server side of a call: the ordered interceptors, and the transports that calls come by."""
