"""Receipts, booking confirmations and invoices: what a request says, printed as PDF. It keeps nothing."""
