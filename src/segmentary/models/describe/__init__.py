"""What found segments are like: profiles, sizes, markers, names, and rules people can read."""
