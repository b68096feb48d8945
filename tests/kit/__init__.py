"""What tests share: a writer of clusters as series, and real servers that hold them.

In: plain statements ("a pod of half a core ran from 10:00 to 10:20"). Out: series, and the URL of a Prometheus or VictoriaMetrics.
"""

from tests.kit.cluster import KUBELET, STATE_METRICS, Cluster
from tests.kit.pods import Container, Pod
from tests.kit.scrape import FOREVER, ScrapeConfig, Series
from tests.kit.servers import KINDS, serving

__all__ = ["FOREVER", "KINDS", "KUBELET", "STATE_METRICS", "Cluster", "Container", "Pod", "ScrapeConfig", "Series", "serving"]
