"""The intake of uploads, which are checked, named, unpacked and registered."""
