"""The room of clusters."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "people_clusters": [
            "ClusterProfile",
            "LatentClasses",
            "PeerClusters",
            "PeopleClusters",
            "ViewRelation",
            "cluster_people",
            "describe_clusters",
            "latent_classes",
            "relate_views",
        ],
    },
)
