"""The OAuth 2 authorization server as clients and browsers see it (RFC 6749). The auth service decides."""
