"""A stand-in for Red Hat Quay: as strict as the real one where an installer can go wrong, and not Quay."""
