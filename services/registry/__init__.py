"""The registry: which instances serve what, and how calls are spread over them."""
