"""Ways to group: partitions, mixtures, shapes; each a scikit-learn estimator."""
