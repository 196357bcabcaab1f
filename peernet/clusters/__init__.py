"""The room of clusters."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "latent": ["LatentClasses", "latent_classes"],
        "people_clusters": ["PeerClusters", "PeopleClusters", "cluster_people"],
        "profile": ["ClusterProfile", "describe_clusters"],
        "two_views": ["ViewRelation", "relate_views"],
    },
)
