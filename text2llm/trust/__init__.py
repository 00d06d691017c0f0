"""Trust: may this credential go to this origin? Decided by descriptors and by grants from outside the repository."""
