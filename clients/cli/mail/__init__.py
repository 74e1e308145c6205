"""`innkeeper mail`: the mails of a platform without a mail server."""
