"""What is segmented: typed columns, missing values, weights, and how they are scaled."""
