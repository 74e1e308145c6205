"""The tools that turn `protos/` into code and hold it to its promises.

    python -m contracts.generate    protos/ → generated/
    python -m contracts.check       lint, breaking changes, drift
    python -m contracts.release     today's contract becomes the one that later changes are compared with

Read in this order: `paths`, `third_party`, `protoc`, `generate`, then the three checks `lint`, `breaking`, `drift`.
"""
