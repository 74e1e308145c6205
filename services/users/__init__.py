"""The users service: the people who travel with us."""
