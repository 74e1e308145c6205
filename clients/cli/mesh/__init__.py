"""The mesh from the command line: who runs, how calls are spread over them, and what is rehearsed with them."""
