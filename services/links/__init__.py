"""The links service: a few characters that lead to a longer address."""
