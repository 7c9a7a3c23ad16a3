"""Exit statuses, as laue-bench has them."""

RUNS_FAILED = 1

#: The user can mend it.
USAGE_ERROR = 2

#: The output cannot be written.
OUTPUT_ERROR = 3

#: A command of the user's has failed; what was asked for is done.
NOTIFICATION_FAILED = 1

#: A signal ended it.
INTERRUPTED = 130

#: A limit or deadline that was given is not met.
LIMIT_MISSED = 3
