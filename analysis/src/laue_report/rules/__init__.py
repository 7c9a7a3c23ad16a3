"""Rules over the records of a launch: each function looks at one thing and says what it found."""
