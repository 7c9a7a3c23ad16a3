"""A page in the browser that follows a launch: what it is at, how fast, on what hardware, and against what baseline."""
