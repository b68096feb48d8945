"""What a view may need beyond quantities; what it does not need is not asked for."""

OWNERS = "owners"
LABELS = "labels"
ANNOTATIONS = "annotations"
SERVICES = "services"
PEAKS = "peaks"
NETWORK = "network"
ALL_NEEDS = frozenset({OWNERS, LABELS, ANNOTATIONS, SERVICES, PEAKS, NETWORK})
