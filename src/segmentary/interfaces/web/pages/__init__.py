"""One part of the site a file: home, segments, discover, ..."""
