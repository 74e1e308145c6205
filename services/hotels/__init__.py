"""The catalogue: hotels, their room types and rate plans, and what a stay there costs."""
