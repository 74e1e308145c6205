"""The mesh as xDS v3: what the registry tells gRPC clients and Envoy."""
